import { type LaneId, laneOf } from '../ids/ids.ts';
import type { ConfirmedItem, WorkItem } from './work-item.ts';

/**
 * What a `!yes` confirms, as an item of the room that the `!yes` was written in: `ask` is the question. With an empty `ask` it is
 * the place that is kept for it, under the same key.
 */
export function confirmedItem(
  { v, room, sender, event, originTs, receivedTs, thread }: WorkItem,
  ask: string,
): { readonly key: string; readonly lane: LaneId; readonly body: ConfirmedItem } {
  const head = { v, room, sender, event, originTs, receivedTs, ...(thread && { thread }) };
  return { key: `confirmed-${event}`, lane: laneOf.room(room), body: { ...head, type: 'confirmed', ask } };
}
