import { type Message, messagesOf, newest, type RoomHistory, type Surfaces } from './room-history.ts';

/** What came back for one question, as far as it has come. */
export type Answer = {
  readonly question: string;
  readonly parts: Message[];
  /** The parts, joined by a blank line. */
  readonly text: string;
  readonly state: Surfaces['state'];
  readonly code: string | undefined;
  /** Events of the answer after each part's first. */
  readonly edits: number;
  /** When the first words and the final text were seen, in ms of `performance.now()`. */
  readonly firstAt: number | undefined;
  readonly finalAt: number | undefined;
};

export const surfacesOf = (message: Message): Surfaces => newest(message).content['dev.surfaces'] ?? {};

/** What the bot said about one event, oldest first. */
export function repliesTo(history: RoomHistory, bot: string, eventId: string): Message[] {
  return messagesOf(history).filter(
    (message) => message.sender === bot && surfacesOf(message).in_response_to === eventId,
  );
}

export function answerTo(history: RoomHistory, bot: string, question: string): Answer {
  const parts = repliesTo(history, bot, question)
    .filter((message) => surfacesOf(message).kind === 'answer')
    .sort((one, other) => (surfacesOf(one).part ?? 1) - (surfacesOf(other).part ?? 1));
  const last = parts.find((part) => surfacesOf(part).last === true && surfacesOf(part).state !== 'streaming');
  const settled = last !== undefined && parts.every((part) => surfacesOf(part).state !== 'streaming');
  const ends = last ?? parts.at(-1);
  return {
    question,
    parts,
    text: parts.map((part) => newest(part).content.body ?? '').join('\n\n'),
    state: ends && (settled ? surfacesOf(ends).state : 'streaming'),
    code: ends && surfacesOf(ends).code,
    edits: parts.reduce((sum, part) => sum + part.versions.length - 1, 0),
    firstAt: parts[0]?.versions[0]?.at,
    finalAt: settled ? Math.max(...parts.map((part) => newest(part).at)) : undefined,
  };
}

/** Whether nothing of it will change any more. */
export const isFinal = (answer: Answer): boolean => answer.finalAt !== undefined;
