import { harmless } from '../../../shared/texts/harmless.ts';
import { openMessageView } from './message-view.ts';
import { type Answer, answerTo, isFinal, repliesTo, surfacesOf } from './person/answers.ts';
import { type DroppedFile, dropFile } from './person/files.ts';
import type { Person } from './person/person.ts';
import { type Message, newest, type RoomHistory } from './person/room-history.ts';
import type { Terminal } from './terminal.ts';
import { wrapText } from './text-width.ts';

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
  const waiting = conversation.asked;
  const { eventId, answeredAt } = await conversation.person.say(conversation.room, text);
  const how = await follow(conversation, terminal, eventId, { text, answeredAt });
  if (how === 'asked') conversation.asked = eventId;
  if (how !== 'replied' || waiting === undefined || !/^!\s?(yes|no|y|n|да|нет)\b|^!\s?(да|нет)/i.test(text)) return;
  conversation.asked = undefined;
  if ((await follow(conversation, terminal, waiting, { text, answeredAt, from: 'answer' })) === 'asked')
    conversation.asked = waiting;
}

/** Drops a file into the room and shows what comes back. @throws as `ask`. */
export async function drop(conversation: Conversation, terminal: Terminal, file: DroppedFile): Promise<void> {
  const { eventId, answeredAt } = await dropFile(conversation.person, conversation.room, file);
  await follow(conversation, terminal, eventId, { text: file.name, answeredAt });
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
        for (const message of filesFor(history, bot, eventId)) show(terminal, describeFile(message));
        return 'answered';
      }
      if (versions > shown) view.show(answer);
      shown = versions;
      const reply = replyTo(history, bot, eventId);
      if (!reply || from === 'answer' || surfacesOf(reply).kind === 'file') return undefined;
      show(terminal, newest(reply).content.body ?? '');
      return surfacesOf(reply).kind === 'permission' ? 'asked' : 'replied';
    },
    PATIENCE_MS,
  );
}

/** Commands, refusals and questions are one message that does not stream. */
function replyTo(history: RoomHistory, bot: string, eventId: string): Message | undefined {
  return repliesTo(history, bot, eventId).find(
    (message) => !['answer', 'file'].includes(surfacesOf(message).kind ?? ''),
  );
}

function filesFor(history: RoomHistory, bot: string, eventId: string): Message[] {
  return repliesTo(history, bot, eventId).filter((message) => surfacesOf(message).kind === 'file');
}

/** `▣ chart.png · image/png · 320 × 200 · 2.1 kB` */
function describeFile(message: Message): string {
  const { body = '', info } = newest(message).content as { body?: string; info?: FileInfo };
  const facts = [
    info?.mimetype,
    info?.w && info.h ? `${info.w} × ${info.h}` : undefined,
    info?.size && kilobytes(info.size),
  ];
  return ['▣ a file:', [body, ...facts].filter(Boolean).join(' · ')].join(' ');
}

type FileInfo = { readonly mimetype?: string; readonly size?: number; readonly w?: number; readonly h?: number };

function kilobytes(size: number): string {
  return size < 1_000 ? `${size} bytes` : `${(size / 1_000).toFixed(1)} kB`;
}

function show(terminal: Terminal, text: string): void {
  const lines = wrapText(harmless(text), terminal.columns() - 6);
  terminal.write(`${lines.map((line) => terminal.style.dim('  · ') + line).join('\n')}\n\n`);
}

/** Whether something is being answered in the room now. */
export function streams(answer: Answer): boolean {
  return answer.parts.length > 0 && !isFinal(answer);
}
