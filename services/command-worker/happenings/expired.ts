import { outcomeMessage } from '../../../shared/delivery/question-messages.ts';
import { toSends } from '../../../shared/delivery/utterances.ts';
import type { Send } from '../../../shared/lane/lane.ts';
import type { ExpiredItem } from '../../../shared/matrix/work-item.ts';
import { settleQuestion } from '../../../shared/store/questions.ts';
import type { CommandParts } from '../command.ts';

/** The time of a question is over: its message says so, and the agent that asked it goes on without a yes. */
export async function questionExpired({ ask, event }: ExpiredItem, parts: CommandParts): Promise<Send[]> {
  const question = await settleQuestion(parts.database, ask, 'expired', event);
  if (!question) return [];
  if (question.subject.kind === 'permission') await parts.nudge(question.subject.lane);
  return toSends([outcomeMessage(question)]);
}
