import type { Outcome } from '../../shared/delivery/answer-stream.ts';
import { spokenBy } from '../../shared/delivery/language.ts';
import { toSends } from '../../shared/delivery/utterances.ts';
import { opId } from '../../shared/ids/ids.ts';
import type { LaneItem, Send } from '../../shared/lane/lane.ts';
import type { WorkItem } from '../../shared/matrix/work-item.ts';
import { isStoppedByOperator } from '../../shared/operate/stop-work.ts';
import type { Database } from '../../shared/store/postgres.ts';
import type { Language } from '../../shared/texts/detect-language.ts';
import { say } from '../../shared/texts/say.ts';

/** A stopped turn whose person did not stop it says who did. */
export async function tellWhoStopped(
  outcome: Outcome,
  item: LaneItem,
  language: Language,
  database: Database,
): Promise<Outcome> {
  if (outcome.state !== 'stopped' || !(await isStoppedByOperator(database, item))) return outcome;
  return { ...outcome, note: say(language, 'stopped_by_operator_note') };
}

/**
 * What waited and was dropped: the reply to a person's own `!stop all` says how many there were; where an operator did it,
 * nobody has asked, and each message gets an answer that was stopped before it began.
 */
export async function tellOfDropped(item: LaneItem, work: WorkItem, database: Database): Promise<Send[]> {
  if (work.type !== 'message' || !(await isStoppedByOperator(database, item))) return [];
  const { room, event, sender, thread, text } = work;
  const note = say(await spokenBy(sender, database, text), 'dropped_by_operator');
  const about = { inResponseTo: event, asker: sender, ...(thread && { thread }) };
  const op = opId('answer', event, 1);
  return toSends([
    { chat: room, say: { type: 'answer', op, part: 1, last: true, text: '', note, state: 'stopped', ...about } },
  ]);
}
