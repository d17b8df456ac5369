import { opId, type UserId } from '../../shared/ids/ids.ts';
import { isRefusal } from '../../shared/matrix/http-error.ts';
import { readMessage } from '../../shared/matrix/read-message.ts';
import type { MessageItem } from '../../shared/matrix/work-item.ts';
import { attemptOperation, finishOperation } from '../../shared/store/operations.ts';
import type { TurnDeps } from './turn-deps.ts';

/** What a message replies to; an empty text where it could not be read. */
export type Quoted = { readonly sender: UserId | null; readonly text: string };

const MOST_CHARACTERS = 4_000;

/**
 * The message that this one replies to, as it stands. Kept in the record, so that each worker that runs the turn gives the
 * agent the same. Null where it is no reply.
 */
export async function quotedBy(
  message: MessageItem,
  { database, http }: Pick<TurnDeps, 'database' | 'http'>,
): Promise<Quoted | null> {
  if (message.replyTo === undefined) return null;
  const op = opId('quote', message.event);
  const { result } = await attemptOperation<Quoted>(database, op, 'quote');
  if (result) return result;
  const quoted = await read(message.room, message.replyTo, http);
  await finishOperation(database, op, quoted);
  return quoted;
}

async function read(
  room: MessageItem['room'],
  event: NonNullable<MessageItem['replyTo']>,
  http: TurnDeps['http'],
): Promise<Quoted> {
  try {
    const found = await readMessage(http, room, event);
    return found
      ? { sender: found.sender, text: found.text.slice(0, MOST_CHARACTERS).toWellFormed() }
      : { sender: null, text: '' };
  } catch (error) {
    if (isRefusal(error)) return { sender: null, text: '' };
    throw error;
  }
}

/** A text behind what it replies to, as Matrix clients write it for those that know no replies. */
export function withQuote(text: string, quoted: Quoted | null): string {
  if (!quoted?.text.trim()) return text;
  const lines = quoted.text.trim().split('\n');
  const quote = lines.map((line, index) => (index === 0 ? `> <${quoted.sender}> ${line}` : `> ${line}`));
  return `${quote.join('\n')}\n\n${text}`;
}
