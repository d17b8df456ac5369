import { createHash } from 'node:crypto';
import { field, list, numberField, record, textField } from '../config/json.ts';
import { asEventId, asRoomId, type EventId, type RoomId, type UserId } from '../ids/ids.ts';
import { cleanText, withoutReplyFallback } from './clean-text.ts';
import { decodeMessageBody, userIdOf } from './decode-message.ts';
import { type Inbound, MEMBERSHIPS, type Membership } from './inbound.ts';

type Head = { eventId: EventId; roomId: RoomId; sender: UserId; originTs: number };

/** Message types that are no message to us: other bots' notices, and key verification, which goes on in the room. */
const NOT_FOR_US = new Set(['m.notice', 'm.key.verification.request']);

/** One event of a room's timeline. Never throws, whatever stands in it. */
export function decodeTimelineEvent(roomId: RoomId, event: unknown): Inbound {
  const type = textField(event, 'type');
  if (type === undefined) return rejected(event, roomId, 'no type');
  const eventId = eventIdOf(textField(event, 'event_id'));
  if (eventId === undefined) return rejected(event, roomId, 'no event id');
  const sender = userIdOf(textField(event, 'sender'));
  if (sender === undefined) return reject(eventId, roomId, 'no sender');
  const head: Head = { eventId, roomId, sender, originTs: timestampOf(event) };
  const stateKey = field(event, 'state_key');
  if (stateKey !== undefined && typeof stateKey !== 'string') return reject(eventId, roomId, 'state key is not text');
  if (type === 'm.room.member' && stateKey !== undefined) return decodeMember(head, stateKey, event);
  if (stateKey !== undefined) return decodeState(head, type, stateKey, field(event, 'content'));
  if (type === 'm.room.message') return decodeMessage(head, event);
  if (type === 'm.room.encrypted') return { kind: 'encrypted', ...head };
  if (type === 'm.room.redaction') return decodeRedaction(head, event);
  return { kind: 'ignored', why: 'type' };
}

/**
 * An entry of `rooms.invite`: stripped state, of which only our own member event is sure to be there.
 * @param since the sync token before the page: names the invitation where the homeserver leaves its event id out.
 */
export function decodeInvite(roomId: RoomId, room: unknown, self: UserId, since: string): Inbound {
  const events = list(field(field(room, 'invite_state'), 'events'));
  const state = (type: string) => events.find((event) => textField(event, 'type') === type);
  const own = events.find(
    (event) => textField(event, 'type') === 'm.room.member' && textField(event, 'state_key') === self,
  );
  const sender = userIdOf(textField(own, 'sender'));
  if (sender === undefined) return rejected([roomId, since], roomId, 'an invitation without its sender');
  const content = field(own, 'content');
  if (textField(content, 'membership') !== 'invite') return { kind: 'ignored', why: 'no invitation' };
  return {
    kind: 'invite',
    eventId: eventIdOf(textField(own, 'event_id')) ?? (`$invite-${digest([roomId, sender, since])}` as EventId),
    roomId,
    sender,
    originTs: timestampOf(own),
    direct: field(content, 'is_direct') === true,
    space: textField(field(state('m.room.create'), 'content'), 'type') === 'm.space',
    encryptedRoom: state('m.room.encryption') !== undefined,
  };
}

function decodeMessage(head: Head, event: unknown): Inbound {
  const content = field(event, 'content');
  // Redacted before we saw it: the content is gone, and so is the wish.
  if (record(content) && Object.keys(content as object).length === 0 && field(event, 'unsigned'))
    return { kind: 'ignored', why: 'redacted' };
  const relation = field(content, 'm.relates_to');
  const relationType = textField(relation, 'rel_type');
  const edited = relationType === 'm.replace';
  const target = eventIdOf(textField(relation, 'event_id'));
  if (edited && target === undefined) return reject(head.eventId, head.roomId, 'an edit without its target');
  const body = decodeMessageBody(edited ? field(content, 'm.new_content') : content);
  if (typeof body === 'string') return reject(head.eventId, head.roomId, edited ? `an edit: ${body}` : body);
  if (NOT_FOR_US.has(body.msgtype)) return { kind: 'ignored', why: body.msgtype };
  if (edited && target !== undefined) return { kind: 'edit', ...head, ...body, target };
  // In a thread each message points to the one before it, for clients that know no threads: that is no reply.
  const fallingBack = relationType === 'm.thread' && field(relation, 'is_falling_back') === true;
  const replyTo = fallingBack ? undefined : eventIdOf(textField(field(relation, 'm.in_reply_to'), 'event_id'));
  const text = replyTo && !body.file ? withoutReplyFallback(body.text) : body.text;
  if (text.trim() === '' && !body.file) return reject(head.eventId, head.roomId, 'an empty text');
  return {
    kind: 'message',
    ...head,
    ...body,
    text,
    ...(replyTo && { replyTo }),
    ...(relationType === 'm.thread' && target && { thread: target }),
  };
}

/** State whose content tells something, by type: where in it. */
const STATE_VALUES: Readonly<Record<string, string>> = {
  'm.room.name': 'name',
  'm.room.tombstone': 'replacement_room',
};

function decodeState(head: Head, type: string, stateKey: string, content: unknown): Inbound {
  const place = STATE_VALUES[type];
  const value = place === undefined ? undefined : textField(content, place)?.slice(0, 1_000);
  return {
    kind: 'state',
    ...head,
    type: cleanText(type),
    stateKey: cleanText(stateKey),
    ...(value !== undefined && { value: cleanText(value) }),
  };
}

function decodeRedaction(head: Head, event: unknown): Inbound {
  // Room version 11 moved `redacts` into the content; servers give one or both.
  const target = eventIdOf(textField(event, 'redacts') ?? textField(field(event, 'content'), 'redacts'));
  if (target === undefined) return reject(head.eventId, head.roomId, 'a redaction without its target');
  return { kind: 'redaction', ...head, target };
}

function decodeMember(head: Head, stateKey: string, event: unknown): Inbound {
  const user = userIdOf(stateKey);
  const membership = membershipOf(field(event, 'content'));
  if (user === undefined || membership === undefined)
    return reject(head.eventId, head.roomId, 'a membership of nobody');
  const previous = membershipOf(field(field(event, 'unsigned'), 'prev_content'));
  return { kind: 'member', ...head, user, membership, ...(previous && { previous }) };
}

function membershipOf(content: unknown): Membership | undefined {
  const membership = textField(content, 'membership');
  return MEMBERSHIPS.find((known) => known === membership);
}

export function eventIdOf(value: string | undefined): EventId | undefined {
  try {
    return value !== undefined && cleanText(value) === value ? asEventId(value) : undefined;
  } catch {
    return undefined;
  }
}

export function roomIdOf(value: string): RoomId | undefined {
  try {
    return cleanText(value) === value ? asRoomId(value) : undefined;
  } catch {
    return undefined;
  }
}

function timestampOf(event: unknown): number {
  const timestamp = numberField(event, 'origin_server_ts') ?? 0;
  return Number.isSafeInteger(timestamp) && timestamp > 0 ? timestamp : 0;
}

function reject(key: string, roomId: RoomId, reason: string): Inbound {
  return { kind: 'rejected', key, roomId, reason };
}

function rejected(event: unknown, roomId: RoomId, reason: string): Inbound {
  return reject(`reject-${digest([roomId, event])}`, roomId, reason);
}

function digest(value: unknown): string {
  return createHash('sha256').update(jsonOf(value)).digest('hex').slice(0, 32);
}

/** Nesting without end, which JSON.parse takes and JSON.stringify does not, still gets a key: one for all of its kind. */
function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return 'not printable';
  }
}
