import { field, list, numberField, textField } from '../config/json.ts';
import type { EventId, OpId, RoomId, UserId } from '../ids/ids.ts';
import { type MatrixHttp, path } from './http.ts';

const PAGE = 100;
const MOST_PAGES = 20;

/**
 * Looks back in a room for our own event of an operation (not for its edits). For sends older than 12 hours: a homeserver
 * forgets transaction ids (Synapse after 24 hours), and then the same PUT would make a second event.
 * @param options.sinceMs how far back, milliseconds since the epoch; at most 2,000 of our events are looked at.
 */
export async function findByOp(
  http: MatrixHttp,
  room: RoomId,
  op: OpId,
  options: { self: UserId; sinceMs: number; signal?: AbortSignal },
): Promise<EventId | undefined> {
  let from: string | undefined;
  for (let page = 0; page < MOST_PAGES; page++) {
    const answer = await http.request({
      kind: 'messages',
      method: 'GET',
      path: path`/_matrix/client/v3/rooms/${room}/messages`,
      query: { dir: 'b', limit: PAGE, from, filter: JSON.stringify({ senders: [options.self] }) },
      signal: options.signal,
      retries: 3,
    });
    const events = list(field(answer, 'chunk'));
    for (const event of events) {
      const content = field(event, 'content');
      const edit = textField(field(content, 'm.relates_to'), 'rel_type') === 'm.replace';
      const id = textField(event, 'event_id');
      if (!edit && id && textField(field(content, 'dev.surfaces'), 'op') === op) return id as EventId;
    }
    from = textField(answer, 'end');
    const oldest = numberField(events.at(-1), 'origin_server_ts') ?? 0;
    if (from === undefined || events.length === 0 || oldest < options.sinceMs) return undefined;
  }
  return undefined;
}
