import { spokenBy } from '../../../shared/delivery/language.ts';
import { saying, toSends } from '../../../shared/delivery/utterances.ts';
import type { Send } from '../../../shared/lane/lane.ts';
import type { WorkItem } from '../../../shared/matrix/work-item.ts';
import { tellOnce } from '../../../shared/store/people.ts';
import { say } from '../../../shared/texts/say.ts';
import type { CommandParts } from '../command.ts';

/** What is encrypted cannot be read: who wrote it, or made the room so, is told once what to do. */
export async function encryptedMessage(about: WorkItem, { database }: CommandParts): Promise<Send[]> {
  const { room, sender, event } = about;
  if (!(await tellOnce(database, room, sender, 'encrypted', event))) return [];
  const language = await spokenBy(sender, database);
  return toSends([saying('notice', about, say(language, 'encrypted'), 'encrypted')]);
}
