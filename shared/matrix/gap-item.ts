import type { EventId, RoomId, UserId } from '../ids/ids.ts';

/**
 * Messages of a room that ingress could not fetch, so that nobody knows what stood in them: the room is told. Lane
 * `room/<room>`, queue `turns`, before what came after the gap.
 */
export type GapItem = {
  readonly v: 1;
  readonly type: 'gap';
  readonly room: RoomId;
  /** Whose language it is told in: of who wrote first after it, or the bot's own. */
  readonly sender: UserId;
  /** No event: it names the gap. */
  readonly event: EventId;
  readonly originTs: number;
  readonly receivedTs: number;
};

export function isGap(body: { readonly type: string }): body is GapItem {
  return body.type === 'gap';
}
