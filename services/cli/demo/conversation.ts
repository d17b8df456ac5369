import { openMessageView } from './message-view.ts';
import { type Answer, answerTo, isFinal, repliesTo, surfacesOf } from './person/answers.ts';
import type { Person } from './person/person.ts';
import { newest } from './person/room-history.ts';
import type { Terminal } from './terminal.ts';
import { harmless, wrapText } from './text-width.ts';

export type Conversation = { readonly person: Person; readonly bot: string; readonly room: string };

/** An answer may take long; what counts is that something goes on. */
const PATIENCE_MS = 180_000;

/**
 * Says something in the room and shows what comes back as it grows: an answer, or the reply to a command.
 * @throws Error when nothing final has come within three minutes.
 */
export async function ask(conversation: Conversation, terminal: Terminal, text: string): Promise<void> {
  const { person, bot, room } = conversation;
  const { eventId, answeredAt } = await person.say(room, text);
  const view = openMessageView(terminal, answeredAt);
  const history = person.room(room);
  let shown = 0;
  await person.until(
    `an answer to “${text}”`,
    () => {
      const answer = answerTo(history, bot, eventId);
      const versions = answer.parts.length + answer.edits;
      if (isFinal(answer)) {
        view.end(answer);
        return true;
      }
      if (versions > shown) view.show(answer);
      shown = versions;
      return showReply(conversation, terminal, eventId);
    },
    PATIENCE_MS,
  );
}

/** Commands and refusals are answered by one message that does not stream. */
function showReply({ person, bot, room }: Conversation, terminal: Terminal, eventId: string): boolean {
  const reply = repliesTo(person.room(room), bot, eventId).find(
    (message) => surfacesOf(message).kind === 'command' || surfacesOf(message).kind === 'notice',
  );
  if (!reply) return false;
  const { style } = terminal;
  const lines = wrapText(harmless(newest(reply).content.body ?? ''), terminal.columns() - 6);
  terminal.write(`${lines.map((line) => style.dim('  · ') + line).join('\n')}\n\n`);
  return true;
}

/** Whether something is being answered in the room now. */
export function streams(answer: Answer): boolean {
  return answer.parts.length > 0 && !isFinal(answer);
}
