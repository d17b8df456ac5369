import { isDeepStrictEqual } from 'node:util';
import { field, textField } from '../config/json.ts';
import type { EventId, RoomId } from '../ids/ids.ts';
import { eventIdOf } from './decode.ts';
import type { MatrixHttp } from './http.ts';
import { type LookBack, ourEvents } from './our-events.ts';

/**
 * Looks back in a room for our own edit of the message `target` with this `dev.surfaces`, so one that said the same: for edits
 * older than a homeserver remembers transaction ids, as `findByOp` for messages.
 */
export async function findEdit(
  http: MatrixHttp,
  room: RoomId,
  { target, mark }: { readonly target: EventId; readonly mark: object },
  back: LookBack,
): Promise<EventId | undefined> {
  const wanted: unknown = JSON.parse(JSON.stringify(mark));
  for await (const event of ourEvents(http, room, back)) {
    const content = field(event, 'content');
    if (textField(field(content, 'm.relates_to'), 'event_id') !== target) continue;
    const said = field(field(content, 'm.new_content'), 'dev.surfaces');
    if (isDeepStrictEqual(said, wanted)) return eventIdOf(textField(event, 'event_id'));
  }
  return undefined;
}
