import { createHash } from 'node:crypto';

/** Branded strings: a plain `string` never stands for one of these by accident. Made at the edges only. */
type Brand<Name extends string> = string & { readonly __brand: Name };

/** `!opaque:server`, or `!opaque` from room version 12 on. */
export type RoomId = Brand<'RoomId'>;
/** `@local:server` */
export type UserId = Brand<'UserId'>;
/** `$opaque` */
export type EventId = Brand<'EventId'>;
/** The agent's session of a room: its `platform_chat_id`. */
export type SessionId = Brand<'SessionId'>;
/** The name of one thing that surfaces does to the outside; the same however often it is tried. */
export type OpId = Brand<'OpId'>;
/** An ordered, single-flight sequence of work. */
export type LaneId = Brand<'LaneId'>;

export function asRoomId(value: string): RoomId {
  if (!value.startsWith('!') || value.length > 255) throw new TypeError(`not a room id: ${value.slice(0, 80)}`);
  return value as RoomId;
}

export function asUserId(value: string): UserId {
  if (!/^@[^:]*:.+$/.test(value) || value.length > 255) throw new TypeError(`not a user id: ${value.slice(0, 80)}`);
  return value as UserId;
}

/** The server part of a user id: the only place it may be taken from, since room ids of version 12 have none. */
export function serverOf(user: UserId): string {
  return user.slice(user.indexOf(':') + 1);
}

export function asEventId(value: string): EventId {
  if (!value.startsWith('$') || value.length > 255) throw new TypeError(`not an event id: ${value.slice(0, 80)}`);
  return value as EventId;
}

/**
 * The operation id of what is done about `cause`: the same cause and purpose give the same id in every process, which
 * is what makes a repetition harmless. 26 characters of [0-9a-v], safe in urls, queue ids and file names.
 */
export function opId(purpose: string, ...cause: (string | number)[]): OpId {
  const digest = createHash('sha256')
    .update(JSON.stringify([purpose, ...cause]))
    .digest('hex')
    .slice(0, 32);
  return BigInt(`0x${digest}`).toString(32).padStart(26, '0') as OpId;
}

/**
 * Lanes of surfaces: a room's turns, a room's overtaking commands, what is done for one person, a room's files that go out,
 * a person's messages that are not taken from a first one on.
 */
export const laneOf = {
  room: (room: RoomId): LaneId => `room/${room}` as LaneId,
  control: (room: RoomId): LaneId => `control/${room}` as LaneId,
  person: (user: UserId): LaneId => `person/${user}` as LaneId,
  files: (room: RoomId): LaneId => `files/${room}` as LaneId,
  flood: (person: UserId, first: EventId): LaneId => `flood/${person}/${first}` as LaneId,
};
