import type { Figure } from '../figures.ts';
import { percentile } from '../percentile.ts';
import type { TimedRecord } from './timed-record.ts';

/** Pages of ten messages for each of the two records, in turns, so that what else the machine does meets both. */
const PAGES = 150;
const WARM_UP_PAGES = 20;
const PAGES_FOR_A_SWEEP = 5;

/** What is asked for each message, or all the time; what each is called in the figures. */
const NAMES: Readonly<Record<string, string>> = {
  lane_intake: 'a page of ten',
  lane_acquire: 'acquire',
  turn_context: 'turn_context',
  live_reserve: 'reserve a message',
  lane_commit: 'commit',
  lane_release: 'release',
  lane_sweep_expired: 'quick sweep',
  lane_sweep_pending: 'full sweep',
  lane_backlog: 'backlog',
};

/** What a statement takes with many messages in the record, and how much longer that is than with few. */
export async function hotFigures(few: TimedRecord, many: TimedRecord): Promise<Figure[]> {
  for (const record of [few, many]) {
    for (let n = 0; n < WARM_UP_PAGES; n += 1) await record.page();
    await record.sweep();
    record.reset();
  }
  for (let n = 0; n < PAGES; n += 1) {
    for (const record of n % 2 === 0 ? [few, many] : [many, few]) {
      await record.page();
      if (n % PAGES_FOR_A_SWEEP === 0) await record.sweep();
    }
  }
  const group = 'Statements with that many, p50, and against one message in each room, same run';
  return Object.entries(NAMES).flatMap(([statement, name]) => {
    const [one, other] = [few, many].map((record) => percentile(record.times.get(statement) ?? [], 0.5));
    return [
      { group, name, value: other!, unit: 'ms' },
      { group, name: `${name}, ratio`, value: other! / one!, unit: '×', limit: { most: 1.5 } },
    ];
  });
}
