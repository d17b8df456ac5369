import { field, textField } from '../config/json.ts';
import type { EventId, OpId, RoomId } from '../ids/ids.ts';
import type { MatrixHttp } from './http.ts';
import { type LookBack, ourEvents } from './our-events.ts';

/**
 * Looks back in a room for our own event of an operation (not for its edits). For sends older than 12 hours: a homeserver
 * forgets transaction ids (Synapse after 24 hours), and then the same PUT would make a second event.
 */
export async function findByOp(http: MatrixHttp, room: RoomId, op: OpId, back: LookBack): Promise<EventId | undefined> {
  for await (const event of ourEvents(http, room, back)) {
    const content = field(event, 'content');
    const edit = textField(field(content, 'm.relates_to'), 'rel_type') === 'm.replace';
    const id = textField(event, 'event_id');
    if (!edit && id && textField(field(content, 'dev.surfaces'), 'op') === op) return id as EventId;
  }
  return undefined;
}
