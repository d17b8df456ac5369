import type { OpId } from '../ids/ids.ts';
import { asRoomId } from '../ids/ids.ts';
import { findByOp } from '../matrix/find-by-op.ts';
import type { Database } from '../store/postgres.ts';
import { findQuestion, recordAsked } from '../store/questions.ts';
import type { Utterance } from '../surface/port.ts';
import { type MatrixChatDeps, sayInMatrix } from './matrix-chat.ts';

export type SayDeps = MatrixChatDeps & { readonly database: Database };
type SayOptions = Parameters<typeof sayInMatrix>[1];

/**
 * Says something in Matrix, once, whatever it is. A question's message is remembered, so that its outcome takes its
 * place; a question that was settled before it could be asked is not asked any more.
 * @throws what `Sender.sendEvent` throws.
 */
export async function sayUtterance(utterance: Utterance, options: SayOptions, deps: SayDeps): Promise<void> {
  const { say, chat } = utterance;
  if (say.type !== 'saying' || say.ask === undefined) {
    await sayInMatrix(utterance, options, deps);
    return;
  }
  const question = await findQuestion(deps.database, say.ask);
  if (say.outcome === undefined) {
    if (question && question.state !== 'open') return;
    await recordAsked(deps.database, say.ask, await sayInMatrix(utterance, options, deps));
    return;
  }
  const sinceMs = Date.now() - options.ageMs;
  const replaces =
    question?.eventId ?? (await findByOp(deps.http, asRoomId(chat), say.op as OpId, { self: deps.self, sinceMs }));
  await sayInMatrix(replaces ? { ...utterance, replaces } : utterance, options, deps);
}
