import { type EventId, laneOf, opId } from '../../ids/ids.ts';
import type { OwnItem } from '../../lane/enqueue.ts';
import type { MendItem } from '../../matrix/work-item.ts';
import type { Action } from '../actions.ts';
import type { Facts } from '../facts.ts';
import { ownersIn } from '../owner-of.ts';

/** What is done in the record alone, by the run itself. */
const RECORD_ONLY = ['adopt', 'correct', 'rename', 'mark_gone', 'mark_back', 'set_space'] as const;
type Mend = Exclude<Action, { readonly do: (typeof RECORD_ONLY)[number] }>;

/**
 * The items of what is to be done in Matrix, or said: in the lane of the person whom it concerns, in the order of the plan.
 * A run that was interrupted and is done again gives the same keys; another run gives others, since what it finds is there
 * again.
 */
export function mendItems(actions: readonly Action[], facts: Facts, run: string): OwnItem[] {
  const ownerOf = ownersIn(facts);
  const now = Date.now();
  return actions.filter(isMend).map((mend) => {
    const sender = ownerOf(mend);
    const event = `$mend-${opId('mend', run, JSON.stringify(mend))}` as EventId;
    const room = mend.do === 'leave_space' ? mend.space : mend.room;
    const body: MendItem = { v: 1, type: 'mend', room, sender, event, originTs: now, receivedTs: now, mend };
    // No stop is meant for it: it stands before everything that came by /sync.
    return { key: event, lane: laneOf.person(sender), queue: 'commands', position: 0, body };
  });
}

/** Whether a command worker carries it out, and not the run itself. */
export function isMend(action: Action): action is Mend {
  return !RECORD_ONLY.some((what) => what === action.do);
}
