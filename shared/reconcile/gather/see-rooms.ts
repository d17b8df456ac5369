import { field, textField } from '../../config/json.ts';
import { codeOf, SurfacesError } from '../../errors/surfaces-error.ts';
import type { RoomId, UserId } from '../../ids/ids.ts';
import { roomIdOf } from '../../matrix/decode.ts';
import type { MatrixHttp } from '../../matrix/http.ts';
import { isRefusal } from '../../matrix/http-error.ts';
import { joinedRooms, roomState } from '../../matrix/rooms.ts';
import { sleep } from '../../time/time.ts';
import type { SeenRoom } from '../facts.ts';
import { readRoom } from './room-facts.ts';

/** About 1 ms of the homeserver for each: seconds for thousands of rooms, and room for everybody else. */
const AT_ONCE = 16;
const LIMITED_MS = 1_000;

export type Looking = {
  readonly http: MatrixHttp;
  readonly self: UserId;
  /** Ends it between two requests, with an `AbortError`. */
  readonly signal?: AbortSignal;
  /** Called after each room that was looked at. */
  readonly onSeen?: () => void;
};

export type Seen = {
  /** In the order of the rooms that were asked for. Not among them: rooms that the bot has left meanwhile. */
  readonly seen: readonly SeenRoom[];
  /** The bot is in these, and the homeserver does not tell their state: nothing is known of them. */
  readonly unreadable: readonly RoomId[];
};

/** The rooms that the bot is in. */
export async function roomsJoined(http: MatrixHttp): Promise<RoomId[]> {
  return [...new Set((await joinedRooms(http)).filter((room) => roomIdOf(room) !== undefined))];
}

/**
 * Looks at rooms, one request each. A homeserver that limits us is waited for; a room that it cannot show is asked for once
 * more at the end, and then put aside: one that is broken does not hold up all others.
 * @throws SurfacesError `matrix_unavailable` where the homeserver itself is away, `matrix_token_invalid`.
 */
export async function seeRooms(rooms: readonly RoomId[], looking: Looking): Promise<Seen> {
  const seen = new Map<RoomId, SeenRoom>();
  let unreadable = await lookAt(rooms, seen, looking);
  if (unreadable.length > 0) {
    // Refused where the bot has left meanwhile; but a proxy may refuse, too. This also tells whether anybody is there.
    const joined = new Set(await roomsJoined(looking.http));
    const still = unreadable.filter((room) => joined.has(room));
    unreadable = await lookAt(still, seen, { ...looking, onSeen: undefined });
  }
  return { seen: rooms.flatMap((room) => seen.get(room) ?? []), unreadable };
}

/** @returns those whose state was not to be had. */
async function lookAt(rooms: readonly RoomId[], seen: Map<RoomId, SeenRoom>, looking: Looking): Promise<RoomId[]> {
  const { http, self, signal, onSeen } = looking;
  const failed: RoomId[] = [];
  let next = 0;
  let inARow = 0;
  const look = async () => {
    for (let room = rooms[next++]; room !== undefined; room = rooms[next++]) {
      signal?.throwIfAborted();
      try {
        const state = await stateOf(room, looking);
        // Reduced at once: the raw state of ten thousand rooms would be hundreds of megabytes.
        if (!hasLeft(state, self)) seen.set(room, readRoom(room, state, self));
        inARow = 0;
      } catch (error) {
        if (!isRefusal(error) && codeOf(error) !== 'matrix_unavailable') throw error;
        failed.push(room);
        inARow += 1;
        // So many without a single answer: is it the homeserver? Then this throws, and nobody goes through all rooms.
        if (inARow % AT_ONCE === 0) await roomsJoined(http);
      }
      onSeen?.();
    }
  };
  const looks = Array.from({ length: AT_ONCE }, look);
  try {
    await Promise.all(looks);
  } finally {
    // One that fails ends them all: none goes on asking behind the back of whoever heard of the failure.
    next = rooms.length;
    await Promise.allSettled(looks);
  }
  return failed;
}

/** A homeserver goes on telling the state of a room that one has left, as it was then. */
function hasLeft(state: readonly unknown[], self: UserId): boolean {
  const own = state.find(
    (event) => textField(event, 'type') === 'm.room.member' && textField(event, 'state_key') === self,
  );
  const membership = textField(field(own, 'content'), 'membership');
  return membership !== undefined && membership !== 'join';
}

/** However long the homeserver limits the account: each wait is one that it asked for. */
async function stateOf(room: RoomId, { http, signal }: Looking): Promise<readonly unknown[]> {
  for (;;) {
    try {
      return await roomState(http, room);
    } catch (error) {
      if (!(error instanceof SurfacesError) || error.code !== 'matrix_limited') throw error;
      await sleep(error.retryAfterMs ?? LIMITED_MS, signal);
      signal?.throwIfAborted();
    }
  }
}
