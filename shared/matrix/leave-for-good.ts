import { codeOf, type SurfacesError } from '../errors/surfaces-error.ts';
import type { RoomId, UserId } from '../ids/ids.ts';
import { sleep } from '../time/time.ts';
import { type MatrixHttp, type MatrixRequest, path } from './http.ts';
import { isRefusal } from './http-error.ts';

const RETRIES = 4;

/** Puts somebody out of a room. @returns false where the homeserver does not let us, or they are gone already. */
export async function removeMember(
  http: MatrixHttp,
  { room, user, reason, signal }: { room: RoomId; user: UserId; reason: string; signal?: AbortSignal },
): Promise<boolean> {
  return unlessRefused(http, {
    kind: 'kick',
    method: 'POST',
    path: path`/_matrix/client/v3/rooms/${room}/kick`,
    body: { user_id: user, reason },
    signal,
  });
}

/**
 * Leaves a room, or declines the invitation to it, and takes it from the account's list. Every step may be repeated: to leave
 * twice is an answer, and a room that is forgotten already is refused.
 */
export async function leaveForGood(
  http: MatrixHttp,
  { room, signal }: { room: RoomId; signal?: AbortSignal },
): Promise<void> {
  for (const step of ['leave', 'forget'] as const)
    await unlessRefused(http, {
      kind: step,
      method: 'POST',
      path: path`/_matrix/client/v3/rooms/${room}/${step}`,
      body: {},
      signal,
    });
}

/** However long the homeserver limits the account: each wait is one that it asked for. An outage ends it after some tries. */
async function unlessRefused(http: MatrixHttp, request: MatrixRequest): Promise<boolean> {
  for (;;) {
    try {
      await http.request({ ...request, retries: RETRIES });
      return true;
    } catch (error) {
      if (isRefusal(error)) return false;
      if (codeOf(error) !== 'matrix_limited') throw error;
      await sleep((error as SurfacesError).retryAfterMs ?? 1_000, request.signal);
      request.signal?.throwIfAborted();
    }
  }
}
