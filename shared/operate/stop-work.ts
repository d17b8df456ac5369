import { type EventId, laneOf, type RoomId } from '../ids/ids.ts';
import type { Wake } from '../lane/lane.ts';
import { nudge } from '../lane/nudge.ts';
import { placeOf } from '../lane/place-of.ts';
import { stopLane, stopOf } from '../lane/stop.ts';
import type { Database } from '../store/postgres.ts';
import type { Outcome } from './audited.ts';

export type StopParts = {
  readonly database: Database;
  readonly publishControl: (lane: string) => Promise<void>;
  readonly wake: Wake;
};

const KEY = 'operator/';

/** Stops one turn, and nothing that comes before or behind it. @param id of its row in the audit. */
export async function stopTurn(parts: StopParts, event: EventId, id: number): Promise<Outcome> {
  const { database, publishControl: publish, wake } = parts;
  const place = await placeOf(database.run, event);
  if (!place) return { state: 'nothing', text: 'nothing is known of this event' };
  if (place.done) return { state: 'nothing', text: 'the turn had ended already' };
  if (!place.begun)
    return { state: 'nothing', text: 'the turn has not begun yet; stop what waits in its room instead' };
  // What is before it is done, what is behind it is not meant: a turn that ends in this moment is all that can be missed.
  const { running } = await stopLane(
    database.run,
    { lane: place.lane, before: place.position + 1, what: 'running', key: `${KEY}${id}` },
    { publish, wake },
  );
  return running
    ? { state: 'done', text: 'the turn was told to stop; its person sees that it was stopped here' }
    : { state: 'nothing', text: 'the turn ended in this moment by itself' };
}

/** Stops what runs in a room and drops what waits there now. What is sent after that is not meant. */
export async function stopWaiting(parts: StopParts, room: RoomId, id: number): Promise<Outcome> {
  const { database, publishControl: publish, wake } = parts;
  const lane = laneOf.room(room);
  const stop = { lane, before: Number.MAX_SAFE_INTEGER, what: 'all', key: `${KEY}${id}` } as const;
  const { running, dropped } = await stopLane(database.run, stop, { publish, wake });
  if (!running && dropped === 0) return { state: 'nothing', text: 'nothing ran or waited there' };
  // What waits for a limit is dropped now, not when its time comes.
  const queue = await nudge(database.run, lane);
  if (queue) await wake(lane, queue);
  const waited = dropped === 1 ? 'one message that waited was dropped' : `${dropped} messages that waited were dropped`;
  return {
    state: 'done',
    text: [...(running ? ['the running turn was told to stop'] : []), ...(dropped > 0 ? [waited] : [])].join(', '),
  };
}

/** Whether it was an operator who stopped an item, and not a person. */
export async function isStoppedByOperator(database: Database, item: { lane: string; seq: number }): Promise<boolean> {
  return (await stopOf(database.run, item))?.startsWith(KEY) ?? false;
}
