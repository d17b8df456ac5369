import { questionMessage } from '../../shared/delivery/question-messages.ts';
import { saying, toSends } from '../../shared/delivery/utterances.ts';
import { opId } from '../../shared/ids/ids.ts';
import type { Send } from '../../shared/lane/lane.ts';
import { showList } from '../../shared/store/open-lists.ts';
import { askQuestion } from '../../shared/store/questions.ts';
import type { CommandCall, CommandParts, Reply } from './command.ts';

/**
 * What is said of a command: its reply, or the question whether to do it. A question and a list are in the record before
 * they are said, so that an answer to what was read always finds them.
 */
export async function sendsOf(call: CommandCall, reply: Reply, parts: CommandParts): Promise<Send[]> {
  const { about, person, item } = call;
  const { text, code, confirm, list, more = [] } = reply;
  if (confirm) return toSends([...more, await question(call, text, confirm, parts)]);
  if (list) {
    const { database, limits } = parts;
    const place = { room: about.room, person, position: item.position, ttlMs: limits.listMs };
    await showList(database, { ...list, ...place });
  }
  return toSends([...more, ...(text === '' ? [] : [saying('command', about, text, code)])]);
}

async function question(
  { about, person, language }: CommandCall,
  text: string,
  { command, title, argument }: NonNullable<Reply['confirm']>,
  { database, limits }: CommandParts,
) {
  const { room: roomId, event: cause, thread } = about;
  const asked = await askQuestion(database, {
    id: opId('ask', cause),
    roomId,
    person,
    title,
    subject: { kind: 'confirmation', command, argument },
    language,
    cause,
    ...(thread === undefined ? {} : { thread }),
    ttlMs: limits.confirmMs,
  });
  return questionMessage(asked, text);
}
