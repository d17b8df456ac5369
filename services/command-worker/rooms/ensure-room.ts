import { type OpId, opId, type RoomId, type SessionId, type UserId } from '../../../shared/ids/ids.ts';
import type { MatrixHttp } from '../../../shared/matrix/http.ts';
import { findOwnRooms, type OwnRoom } from '../../../shared/matrix/own-rooms.ts';
import type { RoomState } from '../../../shared/matrix/room-state.ts';
import { createRoom, joinedRooms } from '../../../shared/matrix/rooms.ts';
import { attemptOperation, finishOperation } from '../../../shared/store/operations.ts';
import type { Database } from '../../../shared/store/postgres.ts';
import { putRoom, roomsThatMayBe } from '../../../shared/store/rooms.ts';
import { sleep } from '../../../shared/time/time.ts';

/** A createRoom whose asker died may still be at work in the homeserver for about this long. */
const SETTLED_MS = 10_000;

export type WantedRoom = {
  readonly op: OpId;
  readonly kind: RoomState['kind'];
  readonly owner: UserId;
  readonly name: string;
  readonly topic: string;
  readonly parent?: RoomId;
  readonly avatar?: string;
  /** A person gave it its name; else its first question will. */
  readonly namedBy?: 'person';
};

/** The session of a room follows from the operation that makes the room, so that a second try makes the same. */
export function sessionOf(op: OpId): SessionId {
  return `chat-${opId('session', op)}` as SessionId;
}

/**
 * Makes a room at most once, however often this is tried and wherever it is killed: the attempt is recorded before
 * createRoom, which is not idempotent, and after an attempt with an unknown end the room is looked for by its operation id
 * (our state event in it carries it).
 * @param known a room that serves, where the record does not know it (the database was lost).
 */
export async function ensureRoom(
  wanted: WantedRoom,
  deps: { readonly database: Database; readonly http: MatrixHttp; readonly self: UserId },
  known?: (state: RoomState) => boolean,
): Promise<{ readonly roomId: RoomId; readonly made: boolean }> {
  const { database, http, self } = deps;
  const { op, kind, owner, name, topic, parent, namedBy, avatar } = wanted;
  const operation = await attemptOperation<{ room_id: RoomId }>(database, op, `create_${kind}`);
  if (operation.result) return { roomId: operation.result.room_id, made: false };

  const state: RoomState = {
    kind,
    owner,
    state: 'active',
    op,
    ...(kind === 'chat' ? { session_id: sessionOf(op) } : {}),
  };
  let found: OwnRoom | undefined;
  if (!operation.fresh && operation.ageMs < SETTLED_MS) await sleep(SETTLED_MS - operation.ageMs);
  if (!operation.fresh || known) {
    const fits = (room: OwnRoom) => room.state.op === op || (known?.(room.state) ?? false);
    [found] = await findOwnRooms(http, self, fits, await roomsThatMayBe(database, await joinedRooms(http), wanted));
  }
  const roomId =
    found?.roomId ?? (await createRoom(http, { self, state, name, topic, parent, invite: [owner], avatar }));
  const session = found?.state.session_id ?? state.session_id ?? null;
  await putRoom(
    database,
    {
      roomId,
      kind,
      owner,
      sessionId: session,
      state: found?.state.state ?? 'active',
      name,
      ...(namedBy && { namedBy }),
    },
    found?.state.op ?? op,
  );
  await finishOperation(database, op, { room_id: roomId });
  return { roomId, made: found === undefined };
}
