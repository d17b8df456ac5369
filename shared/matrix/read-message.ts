import { field, textField } from '../config/json.ts';
import type { EventId, RoomId, UserId } from '../ids/ids.ts';
import { cleanText, withoutReplyFallback } from './clean-text.ts';
import { userIdOf } from './decode-message.ts';
import { type MatrixHttp, path } from './http.ts';

/**
 * One message as it reads now, its newest edit counted (bundled by the homeserver: Client-server API, “Event
 * replacements”). Undefined for what is no message, or was taken back.
 * @throws MatrixRefusal where it is not there, or not ours to see.
 */
export async function readMessage(
  http: MatrixHttp,
  room: RoomId,
  event: EventId,
): Promise<{ readonly sender: UserId; readonly text: string } | undefined> {
  const answer = await http.request<unknown>({
    kind: 'event',
    method: 'GET',
    path: path`/_matrix/client/v3/rooms/${room}/event/${event}`,
    retries: 3,
  });
  const sender = userIdOf(field(answer, 'sender'));
  const edit = field(field(field(answer, 'unsigned'), 'm.relations'), 'm.replace');
  const newest = field(field(edit, 'content'), 'm.new_content') ?? field(answer, 'content');
  const body = textField(newest, 'body');
  return sender === undefined || body === undefined
    ? undefined
    : { sender, text: withoutReplyFallback(cleanText(body)) };
}
