import type { Connection } from '../../shared/store/postgres.ts';
import type { Figure } from '../figures.ts';

const MEBIBYTE = 2 ** 20;
/** What grows with every message. */
const LARGE = ['lane_item', 'lane_send', 'live_message'];

/** Bytes of a table and of its indexes, and since the table was made: updates, those that left the indexes alone, scans of all of it. */
export type TableSize = {
  readonly name: string;
  readonly heap: number;
  readonly indexes: number;
  readonly updates: number;
  readonly hot: number;
  readonly scans: number;
};
export type TableSizes = ReadonlyMap<string, TableSize>;

const SIZES = `SELECT c.relname AS name, pg_table_size(c.oid) AS heap, pg_indexes_size(c.oid) AS indexes,
    s.n_tup_upd AS updates, s.n_tup_hot_upd AS hot, s.seq_scan AS scans
  FROM pg_class c JOIN pg_stat_user_tables s ON s.relid = c.oid
 WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' ORDER BY pg_total_relation_size(c.oid) DESC, 1`;

export async function tableSizes(connection: Connection): Promise<TableSizes> {
  await connection.query('SELECT pg_stat_clear_snapshot()');
  const { rows } = await connection.query<TableSize>(SIZES);
  return new Map(rows.map((row) => [row.name, row]));
}

export async function sizeFigures(connection: Connection, group: string, messages: number): Promise<Figure[]> {
  const sizes = [...(await tableSizes(connection)).values()];
  const all = sizes.reduce((sum, { heap, indexes }) => sum + heap + indexes, 0);
  return [
    ...sizes
      .filter(({ heap, indexes }) => heap + indexes > MEBIBYTE)
      .flatMap(({ name, heap, indexes }) => [
        { group, name, value: heap / MEBIBYTE, unit: 'MiB' },
        { group, name: `${name}, its indexes`, value: indexes / MEBIBYTE, unit: 'MiB' },
      ]),
    { group, name: 'the whole record, for each message', value: all / messages, unit: 'bytes' },
  ];
}

/** How often a table that grows with every message was read as a whole between the two. */
export function wholeScans(before: TableSizes, after: TableSizes): number {
  return LARGE.reduce((sum, name) => sum + after.get(name)!.scans - before.get(name)!.scans, 0);
}
