import { openMessageView } from './message-view.ts';
import { type Answer, answerTo, isFinal, repliesTo, surfacesOf } from './person/answers.ts';
import type { Person } from './person/person.ts';
import { type Message, newest, type RoomHistory } from './person/room-history.ts';
import type { Terminal } from './terminal.ts';
import { harmless, wrapText } from './text-width.ts';

export type Conversation = {
  readonly person: Person;
  readonly bot: string;
  readonly room: string;
  /** What the person said, and the agent wants to be allowed something for before it goes on. */
  asked?: string;
};

/** An answer may take long; what counts is that something goes on. */
const PATIENCE_MS = 180_000;

/**
 * Says something in the room and shows what comes back as it grows: an answer, the agent's question, or the reply to a
 * command; behind the reply to `!yes` or `!no` also the rest of the answer that waited for it.
 * @throws Error when nothing final has come within three minutes.
 */
export async function ask(conversation: Conversation, terminal: Terminal, text: string): Promise<void> {
  const { person, room } = conversation;
  const waiting = conversation.asked;
  const { eventId, answeredAt } = await person.say(room, text);
  const how = await follow(conversation, terminal, eventId, { text, answeredAt });
  if (how === 'asked') conversation.asked = eventId;
  if (how !== 'replied' || waiting === undefined || !/^!\s?(yes|no|y|n|да|нет)\b|^!\s?(да|нет)/i.test(text)) return;
  conversation.asked = undefined;
  if ((await follow(conversation, terminal, waiting, { text, answeredAt, from: 'answer' })) === 'asked')
    conversation.asked = waiting;
}

type Following = { readonly text: string; readonly answeredAt: number; readonly from?: 'answer' };

async function follow(
  { person, bot, room }: Conversation,
  terminal: Terminal,
  eventId: string,
  { text, answeredAt, from }: Following,
): Promise<'answered' | 'replied' | 'asked'> {
  const view = openMessageView(terminal, answeredAt);
  const history = person.room(room);
  let shown = 0;
  return person.until(
    `an answer to “${text}”`,
    () => {
      const answer = answerTo(history, bot, eventId);
      const versions = answer.parts.length + answer.edits;
      if (isFinal(answer)) {
        view.end(answer);
        return 'answered';
      }
      if (versions > shown) view.show(answer);
      shown = versions;
      const reply = replyTo(history, bot, eventId);
      if (!reply || from === 'answer') return undefined;
      show(terminal, newest(reply).content.body ?? '');
      return surfacesOf(reply).kind === 'permission' ? 'asked' : 'replied';
    },
    PATIENCE_MS,
  );
}

/** Commands, refusals and questions are one message that does not stream. */
function replyTo(history: RoomHistory, bot: string, eventId: string): Message | undefined {
  return repliesTo(history, bot, eventId).find((message) => surfacesOf(message).kind !== 'answer');
}

function show(terminal: Terminal, text: string): void {
  const lines = wrapText(harmless(text), terminal.columns() - 6);
  terminal.write(`${lines.map((line) => terminal.style.dim('  · ') + line).join('\n')}\n\n`);
}

/** Whether something is being answered in the room now. */
export function streams(answer: Answer): boolean {
  return answer.parts.length > 0 && !isFinal(answer);
}
