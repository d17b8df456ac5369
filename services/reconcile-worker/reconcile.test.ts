import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { refuse, TestHttpServers } from '../../shared/matrix/test-http-server.ts';
import { person, roomId, TestWorld } from '../../shared/reconcile/test-world.ts';
import { type FreshDatabase, freshDatabase } from '../../shared/store/fresh-database.ts';
import { askForRun, lastRun, type RunState, runState } from '../../shared/store/reconcile-runs.ts';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));
const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function open() {
  const database = await freshDatabase(2);
  ends.push(() => database.drop());
  const servers = new TestHttpServers();
  ends.push(() => servers.close());
  const world = new TestWorld();
  return { database, world, url: await servers.serve(world.answer) };
}

/** A reconcile worker as a process of its own. */
function worker(name: string, database: FreshDatabase, url: string) {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN], {
    env: {
      ...process.env,
      ...{ SURFACES_HTTP_PORT: '0', SURFACES_NAMESPACE: database.namespace, SURFACES_INSTANCE: name },
      ...{ MATRIX_HOMESERVER_URL: url, MATRIX_ACCESS_TOKEN: 'secret-token', SURFACES_BOT_AVATAR: 'none' },
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  const exited = once(child, 'exit');
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    await exited;
  };
  ends.push(() => (child.exitCode === null && child.signalCode === null ? end('SIGKILL') : undefined));
  const lines = () =>
    output.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as Record<string, unknown>] : []));
  return { end, said: (text: string) => lines().filter(({ msg }) => msg === text) };
}

async function until<T>(what: string, look: () => T | Promise<T>, ms = 30_000): Promise<NonNullable<T>> {
  const deadline = performance.now() + ms;
  for (;;) {
    const found = await look();
    if (found) return found as NonNullable<T>;
    if (performance.now() > deadline) throw new Error(`not within ${ms} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const finished = (database: FreshDatabase, id: string) =>
  until<RunState | null>('the run to be finished', async () => {
    const state = await runState(database, id);
    return state?.finished ? state : null;
  });

test('a worker compares at its start, and whenever somebody asks', { timeout: 90_000 }, async () => {
  const { database, world, url } = await open();
  const ann = person('ann');
  world.add('space', { owner: ann, kind: 'space', children: [world.add('one', { owner: ann })] });
  const first = worker('reconcile-worker-1', database, url);
  await until('a full run', () => lastRun(database, ['full']));
  const rooms = await database.run({ name: 'test_rooms', text: 'SELECT room_id FROM room' });
  expect(rooms).toHaveLength(2);
  await until('it to say so', () => first.said('reconciliation is done')[0]);
  expect(first.said('reconciliation is done')).toMatchObject([{ rooms: 2, actions: { adopt: 2, set_space: 1 } }]);

  world.add('two', { owner: ann });
  const asked = await Promise.all([askForRun(database, 'light'), askForRun(database, 'light')]);
  for (const id of asked)
    expect(await finished(database, id)).toMatchObject({ failure: null, rooms: 3, actions: { adopt: 1, link: 1 } });
  await until('it to say what it mended', () => first.said('reconciliation is done')[1]);
  expect(first.said('mended: adopt').at(-1)).toMatchObject({ action: { room: roomId('two') } });

  world.instead.set(roomId('space'), refuse(401, 'M_UNKNOWN_TOKEN'));
  const failing = await finished(database, await askForRun(database, 'full'));
  expect(failing.failure).toMatch(/^matrix_token_invalid/);
  // What was compared a moment ago is not compared again by the next one that starts.
  const second = worker('reconcile-worker-2', database, url);
  await until('it to start', () => second.said('started')[0]);
  await first.end('SIGTERM');
  world.instead.clear();
  expect(await finished(database, await askForRun(database, 'light'))).toMatchObject({ failure: null });
  await until('the second to say so', () => second.said('reconciliation begins')[0]);
  expect(second.said('reconciliation begins')).toMatchObject([{ kind: 'light' }]);
});

test.each(['SIGKILL', 'SIGTERM'] as const)(
  'two workers, one at work: after %s the other one does it',
  { timeout: 90_000 },
  async (signal) => {
    const { database, world, url } = await open();
    const ann = person('ann');
    const slow = world.add('one', { owner: ann });
    let asked = 0;
    // It does not answer the first one who asks.
    world.instead.set(slow, () => {
      asked += 1;
      world.instead.delete(slow);
    });
    const first = worker('reconcile-worker-1', database, url);
    await until('the first to be at work', () => asked === 1);
    const second = worker('reconcile-worker-2', database, url);
    await until('the second to start', () => second.said('started')[0]);
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    expect(second.said('reconciliation begins')).toEqual([]);
    await first.end(signal);
    await until('a full run', () => lastRun(database, ['full']));
    // It is said a moment after it is on record.
    await until('the second to say so', () => second.said('reconciliation is done').length === 1);
    expect(first.said('reconciliation is done')).toEqual([]);
    const runs = await database.run({ name: 'test_runs', text: 'SELECT failure FROM reconcile_run' });
    expect(runs).toEqual([{ failure: null }]);
  },
);
