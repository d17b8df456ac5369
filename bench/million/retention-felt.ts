import { forget, forgetOld } from '../../shared/lane/retention.ts';
import { OLD_LIVE_MESSAGES } from '../../shared/store/live-messages.ts';
import { type Connection, openDatabase } from '../../shared/store/postgres.ts';
import type { Figure } from '../figures.ts';
import { percentile } from '../percentile.ts';
import { DAYS } from './fill-record.ts';
import { tableSizes, wholeScans } from './table-sizes.ts';
import type { TimedRecord } from './timed-record.ts';

/** So that a fifth of what is there is old. */
const KEEP_MS = DAYS * 0.8 * 86_400_000;
/** With retention and without, in turns, so that what else the machine does meets both. */
const SLICE_MS = 1_000;
const SLICES_AT_LEAST = 8;

/** How fast the old is deleted, and whether those who work meanwhile feel it. */
export async function retentionFigures(
  { url, namespace }: { readonly url: string; readonly namespace: string },
  connection: Connection,
  record: TimedRecord,
): Promise<Figure[]> {
  const database = openDatabase(url, { namespace, max: 1, applicationName: 'bench' });
  /** An item, what it said, and its message. */
  const deleteOld = async (signal?: AbortSignal) => {
    const keeping = { keepMs: KEEP_MS, ...(signal && { signal }) };
    return (
      2 * (await forget(database.run, keeping)).lane_item! + (await forgetOld(database.run, OLD_LIVE_MESSAGES, keeping))
    );
  };
  try {
    const before = await tableSizes(connection);
    const times = { without: [] as number[], meanwhile: [] as number[] };
    let [rows, ms] = [0, 0];
    for (let slice = 0, left = true; left || slice < SLICES_AT_LEAST; slice += 1) {
      const began = performance.now();
      times.without.push(...(await workFor(record, SLICE_MS)));
      if (!left) continue;
      const from = performance.now();
      const deleting = deleteOld(AbortSignal.timeout(SLICE_MS));
      times.meanwhile.push(...(await workFor(record, SLICE_MS)));
      const deleted = await deleting;
      rows += deleted;
      ms += performance.now() - from;
      left = deleted > 0;
      if (performance.now() - began > 60_000) throw new Error('a slice of a second took a minute');
    }
    const again = performance.now();
    await deleteOld();
    const idle = performance.now() - again;
    const [without, meanwhile] = [percentile(times.without, 0.95), percentile(times.meanwhile, 0.95)];
    const group = 'Retention of a fifth of it';
    return [
      { group, name: 'rows deleted', value: rows, unit: '' },
      { group, name: 'rows a second, pauses included', value: (rows / ms) * 1000, unit: '/s', limit: { least: 1_000 } },
      { group, name: 'statements meanwhile, p95', value: meanwhile, unit: 'ms' },
      { group, name: 'to without, same run', value: meanwhile / without, unit: '×', limit: { most: 1.5 } },
      { group, name: 'with nothing left to do', value: idle, unit: 'ms' },
      {
        group,
        name: 'large tables read as a whole',
        value: wholeScans(before, await tableSizes(connection)),
        unit: '',
        limit: { most: 0 },
      },
    ];
  } finally {
    await database.close();
  }
}

/** @returns how long each statement took, in milliseconds. */
async function workFor(record: TimedRecord, ms: number): Promise<number[]> {
  record.reset();
  const end = performance.now() + ms;
  while (performance.now() < end) await record.page();
  return [...record.times.values()].flat();
}
