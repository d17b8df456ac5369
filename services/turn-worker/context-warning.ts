import type { ContextUsage } from '../../shared/agent-protocol/content.ts';
import { contextShare } from '../../shared/agent-protocol/context-share.ts';
import { opId, type SessionId } from '../../shared/ids/ids.ts';
import type { MessageItem } from '../../shared/matrix/work-item.ts';
import { tellOnce } from '../../shared/store/people.ts';
import type { Database } from '../../shared/store/postgres.ts';
import type { Utterance } from '../../shared/surface/port.ts';
import type { Language } from '../../shared/texts/detect-language.ts';
import { say } from '../../shared/texts/say.ts';

/** From here on a person is told, in percent of the window: early enough to save, and once more before it is too late. */
const LEVELS = [95, 80] as const;

/**
 * What is said behind an answer when the context of its room is nearly full; once a person and level for each session. What
 * the agent then does, leaving out the oldest or failing, is its own affair; the person can save or empty it before.
 */
export async function contextWarning(
  context: ContextUsage | undefined,
  message: MessageItem,
  {
    database,
    sessionId,
    language,
  }: { readonly database: Database; readonly sessionId: SessionId; readonly language: Language },
): Promise<Utterance[]> {
  const share = contextShare(context);
  if (share === undefined) return [];
  const percent = Math.round(100 * share);
  const level = LEVELS.find((least) => percent >= least);
  if (level === undefined) return [];
  const { room, sender, event } = message;
  const code = `context ${sessionId} ${level}`;
  if (!(await tellOnce(database, room, sender, code, event))) return [];
  const text = say(language, 'context_nearly_full', { percent });
  return [{ chat: room, say: { type: 'saying', op: opId(code, room), kind: 'notice', text } }];
}
