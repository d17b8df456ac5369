import { type LaneId, laneOf, type RoomId, type UserId } from '../ids/ids.ts';
import { type Placement, placementOf } from './command-placement.ts';
import type { Inbound } from './inbound.ts';
import { parseText } from './parse-command.ts';
import type { CommandItem, MessageItem, WorkItem, WorkQueue } from './work-item.ts';

/** What comes of an event: an item of a lane, a change of an item that may not have started, a note, or nothing. */
export type Classified =
  | {
      readonly to: 'item';
      readonly key: string;
      readonly lane: LaneId;
      readonly queue: WorkQueue;
      readonly body: WorkItem;
    }
  | {
      readonly to: 'amendment';
      readonly key: string;
      readonly target: string;
      readonly kind: 'replace' | 'withdraw';
      readonly body?: WorkItem;
    }
  | { readonly to: 'reject'; readonly key: string; readonly lane?: LaneId; readonly reason: string }
  | { readonly to: 'nothing' };

const NOTHING: Classified = { to: 'nothing' };

/** Decides from the event alone, without looking anything up. `receivedTs`: milliseconds since the epoch. */
export function classify(inbound: Inbound, self: UserId, receivedTs: number): Classified {
  if (inbound.kind === 'ignored') return NOTHING;
  if (inbound.kind === 'rejected') {
    const lane = inbound.roomId && laneOf.room(inbound.roomId);
    return { to: 'reject', key: inbound.key, ...(lane && { lane }), reason: inbound.reason };
  }
  if (inbound.sender === self) return NOTHING;
  const { roomId: room, sender, eventId: event, originTs } = inbound;
  const head = { v: 1 as const, room, sender, event, originTs, receivedTs };
  const item = (lane: LaneId, queue: WorkQueue, body: WorkItem): Classified => ({
    to: 'item',
    key: event,
    lane,
    queue,
    body,
  });

  switch (inbound.kind) {
    case 'message': {
      const body = bodyOf(head, inbound);
      if (body.type === 'message') return item(laneOf.room(room), 'turns', body);
      return item(laneFor(placementOf(body.name), room, sender), 'commands', body);
    }
    case 'edit':
      return {
        to: 'amendment',
        key: event,
        target: inbound.target,
        kind: 'replace',
        body: { ...bodyOf(head, inbound), editOf: inbound.target },
      };
    case 'redaction':
      return { to: 'amendment', key: event, target: inbound.target, kind: 'withdraw' };
    case 'invite': {
      const { direct, space, encryptedRoom } = inbound;
      return item(laneOf.person(sender), 'commands', { ...head, type: 'invite', direct, space, encryptedRoom });
    }
    case 'encrypted':
      return item(laneOf.control(room), 'commands', { ...head, type: 'encrypted' });
    case 'member': {
      const { user, membership } = inbound;
      if (user !== self || (membership !== 'leave' && membership !== 'ban')) return NOTHING;
      return item(laneOf.control(room), 'commands', { ...head, type: 'membership', user, membership });
    }
    case 'state':
      return NOTHING;
  }
}

function laneFor(placement: Placement, room: RoomId, sender: UserId): LaneId {
  if (placement === 'person') return laneOf.person(sender);
  return placement === 'in_order' ? laneOf.room(room) : laneOf.control(room);
}

function bodyOf(
  head: Pick<WorkItem, 'v' | 'room' | 'sender' | 'event' | 'originTs' | 'receivedTs'>,
  inbound: Extract<Inbound, { kind: 'message' | 'edit' }>,
): MessageItem | CommandItem {
  const replyTo = inbound.kind === 'message' ? inbound.replyTo : undefined;
  const thread = inbound.kind === 'message' ? inbound.thread : undefined;
  const parsed: ReturnType<typeof parseText> = inbound.file ? { text: inbound.text } : parseText(inbound.text);
  if ('command' in parsed) {
    return { ...head, type: 'command', ...parsed.command, text: inbound.text, ...(replyTo && { replyTo }) };
  }
  return {
    ...head,
    type: 'message',
    text: parsed.text,
    ...(inbound.msgtype === 'm.emote' && { emote: true as const }),
    mentions: inbound.mentions,
    ...(replyTo && { replyTo }),
    ...(thread && { thread }),
    ...(inbound.file && { file: inbound.file }),
  };
}
