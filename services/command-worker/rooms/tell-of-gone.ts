import { roomLink } from '../../../shared/delivery/links.ts';
import { toSends } from '../../../shared/delivery/utterances.ts';
import { opId, type UserId } from '../../../shared/ids/ids.ts';
import type { Send } from '../../../shared/lane/lane.ts';
import type { WorkItem } from '../../../shared/matrix/work-item.ts';
import { goneToTell } from '../../../shared/store/gone-rooms.ts';
import type { Database } from '../../../shared/store/postgres.ts';
import type { Language } from '../../../shared/texts/detect-language.ts';
import { say } from '../../../shared/texts/say.ts';
import { roomName } from './listed.ts';

/** What is said after a command of somebody who has lost a conversation since: once for each that is gone. */
export async function tellOfGone(
  person: UserId,
  { event, room, thread }: Pick<WorkItem, 'event' | 'room' | 'thread'>,
  language: Language,
  database: Database,
): Promise<Send[]> {
  const gone = await goneToTell(database, person, event);
  if (gone.length === 0) return [];
  const text = gone
    .map((each) => {
      const values = { room: roomName(each, language), room_link: roomLink(each.roomId, person) };
      return say(language, 'room_gone', values);
    })
    .join('\n\n');
  const place = thread === undefined ? {} : { inResponseTo: event, thread };
  return toSends([{ chat: room, say: { type: 'saying', op: opId('gone', event), kind: 'notice', text, ...place } }]);
}
