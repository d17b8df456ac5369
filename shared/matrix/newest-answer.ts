import { field, list, numberField, textField } from '../config/json.ts';
import type { EventId, RoomId, UserId } from '../ids/ids.ts';
import { type MatrixHttp, path } from './http.ts';
import { decodeOwnEvent, type OwnEvent } from './own-event.ts';

const PAGE = 100;
const MOST_PAGES = 20;

/**
 * The newest event of ours that answers an event: a message, or the last edit of one.
 * @param options.sinceMs how far back, milliseconds since the epoch; at most 2,000 of our events are looked at.
 */
export async function newestAnswer(
  http: MatrixHttp,
  room: RoomId,
  event: EventId,
  options: { self: UserId; sinceMs: number; signal?: AbortSignal },
): Promise<OwnEvent | undefined> {
  const { self, sinceMs, signal } = options;
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
    for (const each of events) {
      const own = decodeOwnEvent(each, self);
      if (own?.kind === 'answer' && own.inResponseTo === event) return own;
    }
    from = textField(answer, 'end');
    const oldest = numberField(events.at(-1), 'origin_server_ts') ?? 0;
    if (from === undefined || events.length === 0 || oldest < sinceMs) return undefined;
  }
  return undefined;
}
