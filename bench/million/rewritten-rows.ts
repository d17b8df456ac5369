import type { Connection } from '../../shared/store/postgres.ts';
import type { Figure } from '../figures.ts';
import { type TableSizes, tableSizes } from './table-sizes.ts';
import type { TimedRecord } from './timed-record.ts';

/** Of ten messages each, twice: what the first half leaves behind, the second takes up again after a vacuum. */
const PAGES = 600;
/** A row a lane, which every message rewrites. */
const FIXED = ['lane', 'lane_seq'];

export async function rewritingFigures(connection: Connection, record: TimedRecord): Promise<Figure[]> {
  const half = async () => {
    for (let n = 0; n < PAGES; n += 1) await record.page();
    return tableSizes(connection);
  };
  const before = await tableSizes(connection);
  const first = await half();
  await connection.query('VACUUM lane, lane_seq, lane_cursor, lane_send, live_message');
  const second = await half();
  const group = `Rows that are rewritten: ${(PAGES * 20).toLocaleString('en')} messages more, a vacuum half-way`;
  const size = (sizes: TableSizes, name: string) => sizes.get(name)!.heap + sizes.get(name)!.indexes;
  return [
    ...FIXED.flatMap((name) => [
      { group, name: `${name}: after half, to before`, value: size(first, name) / size(before, name), unit: '×' },
      {
        group,
        name: `${name}: after all, to after half`,
        value: size(second, name) / size(first, name),
        unit: '×',
        limit: { most: 1.1 },
      },
    ]),
    { group, name: 'lane_cursor', value: size(second, 'lane_cursor') / 1024, unit: 'KiB', limit: { most: 256 } },
    ...[...FIXED, 'live_message', 'lane_send'].map((name) => {
      const [from, to] = [before.get(name)!, second.get(name)!];
      const share = (to.hot - from.hot) / (to.updates - from.updates);
      return { group, name: `${name}: updates that leave the indexes alone`, value: 100 * share, unit: '%' };
    }),
  ];
}
