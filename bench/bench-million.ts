import { randomBytes } from 'node:crypto';
import { dropSchema } from '../shared/store/fresh-database.ts';
import { migrate } from '../shared/store/migrate.ts';
import { type Connection, connectOnce } from '../shared/store/postgres.ts';
import type { Figure } from './figures.ts';
import { fillRecord } from './million/fill-record.ts';
import { hotFigures } from './million/hot-statements.ts';
import { ROOMS } from './million/message-shape.ts';
import { retentionFigures } from './million/retention-felt.ts';
import { rewritingFigures } from './million/rewritten-rows.ts';
import { sizeFigures, tableSizes, wholeScans } from './million/table-sizes.ts';
import { TimedRecord } from './million/timed-record.ts';

/**
 * A record with a million messages (or as many as `messages` says, ten thousand at least) against one that has a single message
 * in each of as many rooms: its size, the hot statements by the roles' own code, whether rows that are rewritten leave room
 * behind, what retention takes, and whether it is felt.
 */
export async function benchMillion(url: string, messages: number, say: (text: string) => void): Promise<Figure[]> {
  const run = randomBytes(4).toString('hex');
  const [small, large] = [`bench_small_${run}`, `bench_million_${run}`];
  const ends: (() => Promise<unknown>)[] = [];
  const connect = async (namespace: string): Promise<Connection> => {
    await migrate(url, namespace);
    ends.push(() => dropSchema(url, namespace));
    const connection = await connectOnce(url, namespace, 'bench');
    ends.push(() => connection.end());
    return connection;
  };
  const recordOf = (namespace: string, from: number) => {
    const record = new TimedRecord(url, namespace, from);
    ends.push(() => record.close());
    return record;
  };
  try {
    const began = performance.now();
    await fillRecord(await connect(small), ROOMS, () => {});
    const connection = await connect(large);
    await fillRecord(connection, messages, say);
    say(`filled in ${Math.round((performance.now() - began) / 1000)} s; the hot statements`);
    const group = `${messages.toLocaleString('en')} messages in ${ROOMS.toLocaleString('en')} rooms`;
    const sizes = await sizeFigures(connection, group, messages);
    const many = recordOf(large, messages);
    const before = await tableSizes(connection);
    const hot = await hotFigures(recordOf(small, ROOMS), many);
    const scans = wholeScans(before, await tableSizes(connection));
    say('rows that are rewritten, and retention');
    return [
      ...sizes,
      ...hot,
      { group: hot[0]!.group, name: 'large tables read as a whole', value: scans, unit: '', limit: { most: 0 } },
      ...(await rewritingFigures(connection, many)),
      ...(await retentionFigures({ url, namespace: large }, connection, many)),
    ];
  } finally {
    for (const end of ends.toReversed()) await end();
  }
}
