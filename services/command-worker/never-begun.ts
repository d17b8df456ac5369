import { spokenBy } from '../../shared/delivery/language.ts';
import { saying, toSends } from '../../shared/delivery/utterances.ts';
import type { LaneItem, Send } from '../../shared/lane/lane.ts';
import type { RunContext } from '../../shared/lane/run-lane.ts';
import type { WorkItem } from '../../shared/matrix/work-item.ts';
import { isStoppedByOperator } from '../../shared/operate/stop-work.ts';
import type { Database } from '../../shared/store/postgres.ts';
import { say } from '../../shared/texts/say.ts';

/** What people ask for; everything else follows from what has happened, and is done all the same. */
const ASKED: ReadonlySet<WorkItem['type']> = new Set(['command', 'confirmed', 'message']);

/**
 * A command that was dropped by a stop, or taken back, before it began: it is not carried out. A person's own `!stop all`
 * has said how many there were; where an operator stopped them, nobody has asked, and each says so.
 * @returns null where it is to be run.
 */
export async function neverBegun(
  item: LaneItem<WorkItem>,
  work: WorkItem,
  { stopped, withdrawn, resumed }: Pick<RunContext, 'stopped' | 'withdrawn' | 'resumed'>,
  database: Database,
): Promise<Send[] | null> {
  if (resumed || !(stopped || withdrawn) || !ASKED.has(work.type)) return null;
  if (withdrawn || !(await isStoppedByOperator(database, item))) return [];
  const language = await spokenBy(work.sender, database);
  return toSends([saying('command', work, say(language, 'dropped_by_operator'))]);
}
