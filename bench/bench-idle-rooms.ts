import type { TestStack } from '../e2e/test-stack.ts';
import { openDatabase } from '../shared/store/postgres.ts';
import type { Figure } from './figures.ts';
import { rssMegabytes } from './process-cost.ts';

const ROOMS = 10_000;
/** Two full sweeps, and whatever else goes on without anybody asking. */
const SETTLE_MS = 35_000;

const FILL = [
  `INSERT INTO person (user_id, space_id) SELECT '@idle' || n || ':bench', '!space' || n || ':bench' FROM generate_series(1, $1::int) n`,
  `INSERT INTO room (room_id, kind, owner, session_id, name, last_turn_at)
     SELECT '!idle' || n || ':bench', 'chat', '@idle' || n || ':bench', 'idle-' || n, 'Idle ' || n, now() FROM generate_series(1, $1::int) n`,
  `INSERT INTO lane_seq (lane_id, last_seq) SELECT 'room/!idle' || n || ':bench', 3 FROM generate_series(1, $1::int) n`,
  `INSERT INTO lane_item (key, lane_id, seq, position, queue, body)
     SELECT '$idle' || n || '.' || s, 'room/!idle' || n || ':bench', s, 0, 'turns', '{"v":1,"type":"message"}' FROM generate_series(1, $1::int) n, generate_series(1, 3) s`,
  `INSERT INTO lane (lane_id, done_seq, epoch) SELECT 'room/!idle' || n || ':bench', 3, 3 FROM generate_series(1, $1::int) n`,
];

/**
 * What 10,000 rooms cost each process in which nothing goes on: rows of the record, as a conversation of three messages
 * leaves them. The homeserver's own side is not part of it: ingress asks for what is new, and keeps nothing of a room.
 */
export async function benchIdleRooms(stack: TestStack): Promise<Figure[]> {
  const roles = stack.stack.roles.filter(({ role }) => role !== 'ops');
  const settled = async () => {
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    return roles.map(({ pid }) => rssMegabytes(pid));
  };
  const before = await settled();
  const database = openDatabase(stack.stack.database_url, { namespace: 'surfaces', max: 1, applicationName: 'bench' });
  try {
    for (const [index, text] of FILL.entries()) await database.run({ name: `bench_fill_${index}`, text }, [ROOMS]);
  } finally {
    await database.close();
  }
  const after = await settled();
  return roles.map(({ role }, index) => ({
    group: `Resident memory that ${ROOMS.toLocaleString('en')} idle rooms add, for each`,
    name: role,
    value: Math.max(0, ((after[index]! - before[index]!) * 1_024) / ROOMS),
    unit: 'KB',
    limit: { most: 1 },
  }));
}
