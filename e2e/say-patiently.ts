import { randomUUID } from 'node:crypto';
import { ClientFailure } from '../services/cli/demo/person/client-api.ts';
import type { Resident } from './test-stack.ts';

const AGAIN_MS = 200;
const PATIENCE_MS = 120_000;

/**
 * Says something as a client does whose homeserver may be away: again under the same transaction id until it is taken, so that it
 * stands in the room once. `answeredAt` is when it was taken, in ms of `performance.now()`.
 */
export async function sayPatiently(
  { person, home }: Resident,
  body: string,
): Promise<{ eventId: string; answeredAt: number }> {
  const path = `/_matrix/client/v3/rooms/${encodeURIComponent(home.room)}/send/m.room.message/${randomUUID()}`;
  for (const deadline = performance.now() + PATIENCE_MS; ; ) {
    try {
      const { event_id } = await person.api<{ event_id: string }>('PUT', path, { msgtype: 'm.text', body });
      return { eventId: event_id, answeredAt: performance.now() };
    } catch (error) {
      const isRefused = error instanceof ClientFailure && error.status < 500;
      if (isRefused || performance.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
  }
}
