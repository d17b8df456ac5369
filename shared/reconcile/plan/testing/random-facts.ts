import fc from 'fast-check';
import { opId, type RoomId, type SessionId, type UserId } from '../../../ids/ids.ts';
import type { RoomState } from '../../../matrix/room-state.ts';
import type { Facts, Missing, RecordedRoom, SeenRoom } from '../../facts.ts';
import { ANN, BOB, BOT } from './scenes.ts';

const PEOPLE: readonly UserId[] = [ANN, BOB];
const ROOMS = Array.from({ length: 7 }, (_, index) => `!room${index}:x` as RoomId);
/** Rooms that the bot is in only where it was let in there; nothing replaces these. */
const HEIRS = Array.from({ length: 3 }, (_, index) => `!heir${index}:x` as RoomId);
const MEMBERSHIPS = ['join', 'invite', 'leave', 'ban', 'knock'] as const;

const person = fc.constantFrom(...PEOPLE);
const state = fc.constantFrom('active' as const, 'archived' as const);

function ownIn(room: RoomId, kind: 'space' | 'chat'): fc.Arbitrary<RoomState> {
  const op = opId('test', room);
  // Now and then a session that another room has, too.
  const session = fc.constantFrom(...[room, room, room, ROOMS[0]!].map((of) => `chat-${of}` as SessionId));
  return fc
    .record({ owner: person, state, session })
    .map(({ session: session_id, ...own }) => ({ kind, op, ...own, ...(kind === 'chat' && { session_id }) }));
}

function seenIn(roomId: RoomId): fc.Arbitrary<SeenRoom> {
  const isHeir = HEIRS.includes(roomId);
  return fc.boolean().chain((isSpace) =>
    fc.record({
      roomId: fc.constant(roomId),
      isSpace: fc.constant(isSpace),
      own: isHeir ? fc.constant(null) : fc.option(ownIn(roomId, isSpace ? 'space' : 'chat'), { freq: 4 }),
      forgedBy: fc.constant(null),
      createdBy: fc.constantFrom(BOT, BOT, ANN),
      createdAt: fc.nat(5),
      name: fc.option(
        fc.record({
          value: fc.constantFrom('Plans', 'Why?', roomId),
          by: fc.constantFrom(BOT, ANN),
        }),
      ),
      memberships: fc.dictionary(person, fc.constantFrom(...MEMBERSHIPS)) as fc.Arbitrary<SeenRoom['memberships']>,
      children: isSpace ? fc.subarray([...ROOMS, ...HEIRS]) : fc.constant([]),
      successor: isHeir ? fc.constant(null) : fc.option(fc.constantFrom(...ROOMS, ...HEIRS), { freq: 1 }),
      missing: fc.oneof(
        fc.constant([]),
        fc.subarray<Missing>(['state', isSpace ? 'links' : 'messages', 'invitations']),
      ),
      powerEvent: fc.constant(`$power-${roomId}`),
    }),
  );
}

function recordedIn(roomId: RoomId): fc.Arbitrary<RecordedRoom> {
  return fc.record({
    roomId: fc.constant(roomId),
    kind: fc.constantFrom('chat' as const, 'chat' as const, 'space' as const, 'dm' as const),
    owner: person,
    // The record has a session in one room only.
    sessionId: fc.constantFrom(`chat-${roomId}` as SessionId, `chat-old-${roomId}` as SessionId, null),
    state,
    name: fc.constantFrom('Plans', 'Why?', null),
    namedBy: fc.constantFrom('nobody' as const, 'question' as const, 'person' as const),
    gone: fc.boolean(),
    waiting: fc.boolean(),
  });
}

/** What a room is, it is for good: where both know it, Matrix and the record say the same. Only conversations have a session. */
function ofOneKind(facts: Facts): Facts {
  const owns = new Map(facts.seen.map(({ roomId, own }) => [roomId, own]));
  const rooms = facts.rooms.map((room) => {
    const kind = owns.get(room.roomId)?.kind ?? room.kind;
    return { ...room, kind, sessionId: kind === 'chat' ? room.sessionId : null };
  });
  return { ...facts, rooms };
}

/** Rooms replaced in a circle are nobody's: Matrix does not rule them out, but no conversation could go on there. */
function isWithoutCircles({ seen }: Facts): boolean {
  const next = new Map(seen.map(({ roomId, successor }) => [roomId, successor]));
  return seen.every(({ roomId }) => {
    let steps = 0;
    for (let at: RoomId | null = roomId; at !== null; at = next.get(at) ?? null)
      if (++steps > next.size + 1) return false;
    return true;
  });
}

/** What Matrix and the record may say, however far they have come apart. */
export const randomFacts: fc.Arbitrary<Facts> = fc
  .record({
    self: fc.constant(BOT),
    seen: fc.subarray([...ROOMS, ...HEIRS]).chain((rooms) => fc.tuple(...rooms.map(seenIn))),
    rooms: fc.subarray(ROOMS).chain((rooms) => fc.tuple(...rooms.map(recordedIn))),
    people: fc
      .subarray([...PEOPLE])
      .chain((people) =>
        fc.tuple(
          ...people.map((userId) =>
            fc.record({ userId: fc.constant(userId), spaceId: fc.option(fc.constantFrom(...ROOMS)) }),
          ),
        ),
      ),
    told: fc.subarray(ROOMS).map((rooms) => new Set(rooms.map((room) => `$power-${room}`))),
  })
  .map(ofOneKind)
  .filter(isWithoutCircles);
