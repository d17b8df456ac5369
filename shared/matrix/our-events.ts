import { field, list, numberField, textField } from '../config/json.ts';
import type { RoomId, UserId } from '../ids/ids.ts';
import { type MatrixHttp, path } from './http.ts';

const PAGE = 100;
const MOST_PAGES = 20;

export type LookBack = {
  readonly self: UserId;
  /** How far back, milliseconds since the epoch; at most 2,000 of our events are looked at. */
  readonly sinceMs: number;
  readonly signal?: AbortSignal;
};

/** Our own events in a room as they came, the newest first; a page is asked for when it is needed. */
export async function* ourEvents(
  http: MatrixHttp,
  room: RoomId,
  { self, sinceMs, signal }: LookBack,
): AsyncGenerator<unknown> {
  let from: string | undefined;
  for (let page = 0; page < MOST_PAGES; page++) {
    const answer = await http.request({
      kind: 'messages',
      method: 'GET',
      path: path`/_matrix/client/v3/rooms/${room}/messages`,
      query: { dir: 'b', limit: PAGE, from, filter: JSON.stringify({ senders: [self] }) },
      signal,
      retries: 3,
    });
    const events = list(field(answer, 'chunk'));
    yield* events;
    from = textField(answer, 'end');
    const oldest = numberField(events.at(-1), 'origin_server_ts') ?? 0;
    if (from === undefined || events.length === 0 || oldest < sinceMs) return;
  }
}
