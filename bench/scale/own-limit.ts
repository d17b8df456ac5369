import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { TestStack } from '../../e2e/test-stack.ts';
import { untilTrue } from '../../e2e/until-true.ts';
import { openDatabase } from '../../shared/store/postgres.ts';
import { sleep } from '../../shared/time/time.ts';
import type { Figure } from '../figures.ts';
import { rssMegabytes } from '../process-cost.ts';
import type { PartCost } from '../scaling-model.ts';
import type { Asking, SeenSoFar } from './fast-homeserver.ts';
import { heldAgainst } from './held-against.ts';
import { PartMeter } from './part-meter.ts';

const PEOPLE = 200;
const AT_ONCE: Asking = { question: 'demo words=1 pace=1 first=0' };
/** In each room one that streams for half a minute. */
const STREAMS: Asking = { question: 'demo words=300 pace=100 first=0' };
const STREAMING_MS = 20_000;
/** As many times more answers than of Synapse: they take less time. */
const MANY = 20;
const SIMULATOR = 'simulated homeserver';

/**
 * Our own parts where the homeserver is not what is full: their memory while an answer streams in every room, and as many
 * answers as there can be, against what the model says.
 */
export async function benchOwnLimit(answers: number, ours: readonly PartCost[]): Promise<Figure[]> {
  const simulator = fork(fileURLToPath(new URL('fast-homeserver.ts', import.meta.url)), [String(PEOPLE)]);
  const [port] = (await once(simulator, 'message')) as [number];
  const stack = new TestStack({
    env: { MATRIX_HOMESERVER_URL: `http://127.0.0.1:${port}`, MATRIX_ACCESS_TOKEN: 'bench' },
  });
  try {
    await stack.up();
    const memory = await streamingEverywhere(stack, simulator);
    return [...memory, ...(await asManyAsCanBe(stack, simulator, answers * MANY, ours))];
  } finally {
    await stack.end();
    simulator.disconnect();
  }
}

async function streamingEverywhere(stack: TestStack, simulator: ChildProcess): Promise<Figure[]> {
  const roles = stack.stack.roles.filter(({ role }) => ['ingress', 'turn-worker', 'agent-host'].includes(role));
  const idle = roles.map(({ pid }) => rssMegabytes(pid));
  tell(simulator, STREAMS);
  await sleep(STREAMING_MS);
  const group = `Memory that ${PEOPLE} rooms add whose first answers stream, for each`;
  return roles.map(({ role, pid }, index) => ({
    group,
    name: role,
    value: (Math.max(0, rssMegabytes(pid) - idle[index]!) * 1024) / PEOPLE,
    unit: 'KB',
  }));
}

async function asManyAsCanBe(
  stack: TestStack,
  simulator: ChildProcess,
  count: number,
  ours: readonly PartCost[],
): Promise<Figure[]> {
  tell(simulator, AT_ONCE);
  await untilAnswered(simulator, PEOPLE * 3);
  const meter = new PartMeter(stack, { [SIMULATOR]: simulator.pid! });
  try {
    const from = (await look(simulator)).answers;
    const spent = await meter.during(() => untilAnswered(simulator, from + count));
    const counted = (await look(simulator)).answers - from;
    const connections = await connectionsOf(stack);
    tell(simulator, null);
    const full = { ...spent, answers: counted };
    const free = { send: 0, idle: 0, cores: 1 };
    const itself: PartCost = { part: SIMULATOR, answer: full.cpu.get(SIMULATOR)! / counted, ...free };
    return [
      ...heldAgainst(SIMULATOR, [...ours, itself], full),
      { group: 'Postgres', name: 'connections of a stack as full as can be', value: connections, unit: '' },
    ];
  } finally {
    meter.close();
  }
}

function tell(simulator: ChildProcess, wish: Asking): void {
  simulator.send(wish as object);
}

async function look(simulator: ChildProcess): Promise<SeenSoFar> {
  tell(simulator, 'seen');
  return ((await once(simulator, 'message')) as [SeenSoFar])[0];
}

function untilAnswered(simulator: ChildProcess, count: number): Promise<void> {
  return untilTrue(`${count} answers`, async () => (await look(simulator)).answers >= count, 120_000);
}

async function connectionsOf({ stack }: TestStack): Promise<number> {
  const database = openDatabase(stack.database_url, { namespace: 'surfaces', max: 1, applicationName: 'bench' });
  try {
    const text = `SELECT count(*) AS many FROM pg_stat_activity
      WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()`;
    return (await database.run<{ many: number }>({ name: 'bench_connections', text }))[0]!.many;
  } finally {
    await database.close();
  }
}
