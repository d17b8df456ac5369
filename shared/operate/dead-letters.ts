import type { Wake } from '../lane/lane.ts';
import { dropReject, dropSend, retrySend } from '../store/dead-letters.ts';
import type { Database } from '../store/postgres.ts';
import type { Outcome } from './audited.ts';

const GONE: Outcome = { state: 'nothing', text: 'it is not among the dead letters any more' };

/** What was refused for good is tried again, under the same operation id: what came through in truth is not said twice. */
export async function sayAgain(database: Database, wake: Wake, op: string): Promise<Outcome> {
  const again = await retrySend(database, op);
  if (!again) return GONE;
  if (again.queue) await wake(again.lane, again.queue);
  return { state: 'done', text: 'it is tried again; should it be refused again, it is back in the list' };
}

export async function discardSend(database: Database, op: string): Promise<Outcome> {
  return (await dropSend(database, op)) ? { state: 'done', text: 'it will not be said' } : GONE;
}

export async function discardReject(database: Database, key: string): Promise<Outcome> {
  return (await dropReject(database, key)) ? { state: 'done', text: 'it is forgotten' } : GONE;
}
