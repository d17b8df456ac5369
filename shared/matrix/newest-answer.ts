import type { EventId, RoomId } from '../ids/ids.ts';
import type { MatrixHttp } from './http.ts';
import { type LookBack, ourEvents } from './our-events.ts';
import { decodeOwnEvent, type OwnEvent } from './own-event.ts';

/** The newest event of ours that answers an event: a message, or the last edit of one. */
export async function newestAnswer(
  http: MatrixHttp,
  room: RoomId,
  event: EventId,
  back: LookBack,
): Promise<OwnEvent | undefined> {
  for await (const each of ourEvents(http, room, back)) {
    const own = decodeOwnEvent(each, back.self);
    if (own?.kind === 'answer' && own.inResponseTo === event) return own;
  }
  return undefined;
}
