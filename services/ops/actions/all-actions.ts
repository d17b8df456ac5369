import type { Action } from './action.ts';
import { blockAction, unblockAction } from './block.ts';
import { drainAction, undrainAction } from './drain.ts';
import {
  discardJobAction,
  discardRejectAction,
  discardSendAction,
  retryJobAction,
  retrySendAction,
} from './letters.ts';
import { reconcileAction } from './reconcile.ts';
import { releaseLaneAction } from './release-lane.ts';
import { stopTurnAction, stopWaitingAction } from './stop.ts';

/** Everything that can be done on the page, by the word in its address. */
export const ACTIONS: ReadonlyMap<string, Action> = new Map(
  [
    ...[stopTurnAction, stopWaitingAction, releaseLaneAction],
    ...[retrySendAction, discardSendAction, discardRejectAction, retryJobAction, discardJobAction],
    ...[reconcileAction, blockAction, unblockAction, drainAction, undrainAction],
  ].map((action) => [action.act, action]),
);
