import { codeOf, type SurfacesError } from '../errors/surfaces-error.ts';
import { type MatrixHttp, path } from './http.ts';

/** More than a homeserver's own allowance for a person's typing (Synapse: 10 at once), less than one answer's edits. */
const BURST = 14;

/**
 * Whether the homeserver limits what the bot sends so much that answers would stall: found out by a short burst of state
 * in a room of the bot's own, which is left and forgotten afterwards. Nobody sees it.
 * @returns the limit in words; undefined where there is none that matters, or it could not be tried.
 */
export async function limitOf(http: MatrixHttp): Promise<string | undefined> {
  let room: string | undefined;
  try {
    const made = await http.request<{ room_id: string }>({
      kind: 'create_room',
      method: 'POST',
      path: '/_matrix/client/v3/createRoom',
      body: { preset: 'private_chat', name: 'surfaces: rate limit probe' },
    });
    room = made.room_id;
    for (let sent = 0; sent < BURST; sent += 1)
      await http.request({
        kind: 'state',
        method: 'PUT',
        path: path`/_matrix/client/v3/rooms/${room}/state/m.room.topic/`,
        body: { topic: `probe ${sent}` },
      });
    return undefined;
  } catch (error) {
    if (codeOf(error) !== 'matrix_limited') return undefined;
    const { retryAfterMs } = error as SurfacesError;
    const wait = retryAfterMs === undefined ? '' : `, with waits of ${(retryAfterMs / 1000).toFixed(1)} s`;
    return room ? `fewer than ${BURST} sends at a time${wait}` : `no more rooms just now${wait}`;
  } finally {
    if (room !== undefined) await forget(http, room);
  }
}

async function forget(http: MatrixHttp, room: string): Promise<void> {
  for (const step of ['leave', 'forget'] as const) {
    await http
      .request({
        kind: step,
        method: 'POST',
        path: path`/_matrix/client/v3/rooms/${room}/${step}`,
        body: {},
        retries: 3,
      })
      .catch(() => {});
  }
}
