import { type EventId, type LaneId, laneOf, type RoomId, type UserId } from '../ids/ids.ts';
import { type Placement, placementOf } from './command-placement.ts';
import { confirmedItem } from './confirmed-item.ts';
import type { Inbound } from './inbound.ts';
import { parseText } from './parse-command.ts';
import type { ChangedItem, CommandItem, MessageItem, WorkItem, WorkQueue } from './work-item.ts';

/** What comes of an event: an item of a lane, a change of an item that may not have started, a note. */
export type Classified =
  | {
      readonly to: 'item';
      readonly key: string;
      readonly lane: LaneId;
      readonly queue: WorkQueue;
      readonly body: WorkItem;
      /** No work yet, but the place of what this event may confirm; see shared/lane/kept-place.ts. */
      readonly keptFor?: EventId;
    }
  | {
      readonly to: 'amendment';
      readonly key: string;
      readonly target: string;
      readonly kind: 'replace' | 'withdraw';
      readonly body?: WorkItem;
    }
  | { readonly to: 'reject'; readonly key: string; readonly lane?: LaneId; readonly reason: string };

/** State by which a client changes a room, and what it is to us. */
const CHANGES: Readonly<Record<string, ChangedItem['what']>> = {
  'm.room.name': 'name',
  'm.room.encryption': 'encryption',
  'm.room.tombstone': 'tombstone',
};

/** Decides from the event alone, without looking anything up. `receivedTs`: milliseconds since the epoch. */
export function classify(inbound: Inbound, self: UserId, receivedTs: number): readonly Classified[] {
  if (inbound.kind === 'ignored') return [];
  if (inbound.kind === 'rejected') {
    const lane = inbound.roomId && laneOf.room(inbound.roomId);
    return [{ to: 'reject', key: inbound.key, ...(lane && { lane }), reason: inbound.reason }];
  }
  if (inbound.sender === self) return [];
  const { roomId: room, sender, eventId: event, originTs } = inbound;
  const head = { v: 1 as const, room, sender, event, originTs, receivedTs };
  const item = (lane: LaneId, queue: WorkQueue, body: WorkItem): Classified => ({
    to: 'item',
    key: event,
    lane,
    queue,
    body,
  });
  const control = (body: WorkItem) => [item(laneOf.control(room), 'commands', body)];

  switch (inbound.kind) {
    case 'message': {
      const body = bodyOf(head, inbound);
      if (body.type === 'message') return [item(laneOf.room(room), body.file ? 'attachments' : 'turns', body)];
      const command = item(laneFor(placementOf(body.name), room, sender), 'commands', body);
      return body.name === 'yes' ? [command, placeOfConfirmed(body)] : [command];
    }
    case 'edit': {
      const { target } = inbound;
      const amendment = { to: 'amendment', key: event, target, kind: 'replace' } as const;
      return [
        { ...amendment, body: { ...bodyOf(head, inbound), editOf: target } },
        ...control({ ...head, type: 'edited', target }),
      ];
    }
    case 'redaction':
      return [{ to: 'amendment', key: event, target: inbound.target, kind: 'withdraw' }];
    case 'invite': {
      const { direct, space, encryptedRoom } = inbound;
      return [item(laneOf.person(sender), 'commands', { ...head, type: 'invite', direct, space, encryptedRoom })];
    }
    case 'encrypted':
      return control({ ...head, type: 'encrypted' });
    case 'member': {
      const { user, membership } = inbound;
      return membership === 'leave' || membership === 'ban'
        ? control({ ...head, type: 'membership', user, membership })
        : [];
    }
    case 'state': {
      const what = inbound.stateKey === '' ? CHANGES[inbound.type] : undefined;
      const { value } = inbound;
      return what ? control({ ...head, type: 'changed', what, ...(value !== undefined && { value }) }) : [];
    }
  }
}

function laneFor(placement: Placement, room: RoomId, sender: UserId): LaneId {
  if (placement === 'person') return laneOf.person(sender);
  return placement === 'in_order' ? laneOf.room(room) : laneOf.control(room);
}

/**
 * A `!yes` overtakes, for the turn that asks waits for it. What it confirms does not: in the room it comes behind all that was
 * sent before the `!yes`, and before all that was sent after it.
 */
function placeOfConfirmed(yes: CommandItem): Classified {
  return { to: 'item', ...confirmedItem(yes, ''), queue: 'commands', keptFor: yes.event };
}

function bodyOf(
  head: Pick<WorkItem, 'v' | 'room' | 'sender' | 'event' | 'originTs' | 'receivedTs'>,
  inbound: Extract<Inbound, { kind: 'message' | 'edit' }>,
): MessageItem | CommandItem {
  const replyTo = inbound.kind === 'message' ? inbound.replyTo : undefined;
  const thread = inbound.kind === 'message' ? inbound.thread : undefined;
  const parsed: ReturnType<typeof parseText> = inbound.file ? { text: inbound.text } : parseText(inbound.text);
  if ('command' in parsed) {
    const { text, mentions } = inbound;
    return {
      ...head,
      type: 'command',
      ...parsed.command,
      text,
      ...(mentions.length > 0 && { mentions }),
      ...(replyTo && { replyTo }),
      ...(thread && { thread }),
    };
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
