import { spokenBy } from '../../../shared/delivery/language.ts';
import { saying, toSends } from '../../../shared/delivery/utterances.ts';
import type { Send } from '../../../shared/lane/lane.ts';
import { startOf } from '../../../shared/lane/start-of.ts';
import type { EditedItem, WorkItem } from '../../../shared/matrix/work-item.ts';
import { tellOnce } from '../../../shared/store/people.ts';
import { liveMessages } from '../../../shared/store/turn-context.ts';
import { say } from '../../../shared/texts/say.ts';
import type { CommandParts } from '../command.ts';

/**
 * A message was edited. Before its turn began, the edit took its place and there is nothing to say. Later it comes too
 * late: its author is told so, once for each message, and how to have the new text answered.
 */
export async function messageEdited(edited: EditedItem, { database }: CommandParts): Promise<Send[]> {
  const { target, room, sender, event } = edited;
  const start = await startOf<WorkItem>(database.run, target);
  if (!start?.begun || start.amendedBy === event) return [];
  const { body, done } = start;
  if (body.type !== 'message' || body.sender !== sender) return [];
  // What was refused has no answer that an edit could change.
  if (done && (await liveMessages(database, target)).length === 0) return [];
  if (!(await tellOnce(database, room, sender, `edited ${target}`, event))) return [];
  const language = await spokenBy(sender, database);
  return toSends([saying('notice', edited, say(language, 'edited_too_late'))]);
}
