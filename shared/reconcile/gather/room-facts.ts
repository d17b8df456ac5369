import { field, list, numberField, textField } from '../../config/json.ts';
import { asEventId, type RoomId, type UserId } from '../../ids/ids.ts';
import { cleanText } from '../../matrix/clean-text.ts';
import { roomIdOf } from '../../matrix/decode.ts';
import { userIdOf } from '../../matrix/decode-message.ts';
import { MEMBERSHIPS } from '../../matrix/inbound.ts';
import { ROOM_TYPE, type RoomState, readRoomState } from '../../matrix/room-state.ts';
import type { SeenRoom } from '../facts.ts';
import { missingPower } from './missing-power.ts';
import { readableName } from './room-name.ts';

/** State of which a room has one event only: those with an empty state key. */
type Single = ReadonlyMap<string, unknown>;

/**
 * What the answer of `/rooms/{id}/state` says, reduced to what a plan is made from; nothing of the answer is kept. Its
 * events may be of any shape: what cannot be understood counts as not there, and all that comes out can be recorded.
 */
export function readRoom(roomId: RoomId, state: readonly unknown[], self: UserId): SeenRoom {
  const single: Single = new Map(
    state
      .filter((event) => textField(event, 'state_key') === '')
      .map((event) => [textField(event, 'type') ?? '', event]),
  );
  const create = single.get('m.room.create');
  const power = single.get('m.room.power_levels');
  const own = ownOf(single, self);
  const isSpace = textField(field(create, 'content'), 'type') === 'm.space';
  return {
    roomId,
    own,
    forgedBy: forgerOf(single, self),
    isSpace,
    createdBy: userIdOf(field(create, 'sender')) ?? ('' as UserId),
    createdAt: timeOf(create),
    name: nameOf(single),
    memberships: membershipsOf(state, self),
    children: childrenOf(state),
    successor: successorOf(single, roomId),
    missing: missingPower({ self, kind: own?.kind ?? (isSpace ? 'space' : 'chat'), create, power }),
    powerEvent: eventIdOf(power) ?? eventIdOf(create) ?? roomId,
  };
}

/** It counts if the bot sent it; the record could not take text that is not well formed. */
function ownOf(single: Single, self: UserId): RoomState | null {
  const own = readRoomState(single.get(ROOM_TYPE), self);
  if (!own || userIdOf(own.owner) === undefined || own.owner === self) return null;
  return Object.values(own).every((text) => cleanText(text) === text) ? own : null;
}

function forgerOf(single: Single, self: UserId): UserId | null {
  const sender = userIdOf(field(single.get(ROOM_TYPE), 'sender'));
  return sender === undefined || sender === self ? null : sender;
}

function nameOf(single: Single): SeenRoom['name'] {
  const event = single.get('m.room.name');
  const value = readableName(textField(field(event, 'content'), 'name'));
  const by = userIdOf(field(event, 'sender'));
  return value === null || by === undefined ? null : { value, by };
}

function membershipsOf(state: readonly unknown[], self: UserId): SeenRoom['memberships'] {
  const memberships: Record<UserId, SeenRoom['memberships'][UserId]> = {};
  for (const event of state) {
    if (textField(event, 'type') !== 'm.room.member') continue;
    const user = userIdOf(field(event, 'state_key'));
    const said = textField(field(event, 'content'), 'membership');
    const membership = MEMBERSHIPS.find((known) => known === said);
    if (user !== undefined && user !== self && membership) memberships[user] = membership;
  }
  return memberships;
}

/** Client-server API, “m.space.child”: without a `via` that names a server, it is no link, or no more. */
function childrenOf(state: readonly unknown[]): RoomId[] {
  return state.flatMap((event) => {
    if (textField(event, 'type') !== 'm.space.child') return [];
    const isLink = list(field(field(event, 'content'), 'via')).some((server) => typeof server === 'string');
    const child = isLink && roomIdOf(textField(event, 'state_key') ?? '');
    return child ? [child] : [];
  });
}

/** A room cannot take its own place. */
function successorOf(single: Single, roomId: RoomId): RoomId | null {
  const named = textField(field(single.get('m.room.tombstone'), 'content'), 'replacement_room');
  const successor = named === undefined ? undefined : roomIdOf(named);
  return successor === undefined || successor === roomId ? null : successor;
}

function timeOf(event: unknown): number {
  const at = numberField(event, 'origin_server_ts') ?? 0;
  return Number.isSafeInteger(at) && at > 0 ? at : 0;
}

function eventIdOf(event: unknown): string | undefined {
  const id = textField(event, 'event_id');
  try {
    return id !== undefined && cleanText(id) === id ? asEventId(id) : undefined;
  } catch {
    return undefined;
  }
}
