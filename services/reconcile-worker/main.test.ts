import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, it } from 'vitest';
import { intake } from '../../shared/lane/intake.ts';
import { isUp } from '../../shared/queue/redis.ts';
import { openWakes, type Wakes } from '../../shared/queue/wakes.ts';
import { createLog } from '../../shared/runtime/log.ts';
import { type FreshDatabase, freshDatabase } from '../../shared/store/fresh-database.ts';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));
const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function role(environment: Record<string, string>) {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN], {
    env: { ...process.env, SURFACES_HTTP_PORT: '0', MATRIX_ACCESS_TOKEN: 'of-nobody', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk;
    });
  }
  const exited = once(child, 'exit');
  ends.push(async () => {
    child.kill('SIGTERM');
    await exited;
  });
  return { exited, output: () => output };
}

async function open(): Promise<{ database: FreshDatabase; wakes: Wakes }> {
  const database = await freshDatabase(2);
  ends.push(() => database.drop());
  const wakes = openWakes(process.env.REDIS_URL!, database.namespace, createLog('silent', {}));
  ends.push(async () => {
    const keys = await wakes.redis.keys(`${database.namespace}*`);
    if (keys.length > 0) await wakes.redis.del(...keys);
    await wakes.close();
  });
  await until(() => isUp(wakes.redis), 'Redis');
  return { database, wakes };
}

async function until(condition: () => boolean | Promise<boolean>, what: string, ms = 75_000): Promise<void> {
  const end = performance.now() + ms;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`not within ${ms} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

it('wakes what nobody woke, and what a dead holder left', { timeout: 90_000 }, async () => {
  const { database, wakes } = await open();
  const items = ['lost', 'dead'].map((lane) => ({ key: lane, lane, queue: 'turns', body: {} }));
  await intake(database.run, { source: 's', from: '', to: '1', items });
  const age = "UPDATE lane_item SET received_at = now() - interval '1 minute' WHERE lane_id = 'lost'";
  await database.run({ name: 'test_age', text: age });
  const hold = "INSERT INTO lane (lane_id, holder, lease_until) VALUES ('dead', 'gone', now() + interval '1 second')";
  await database.run({ name: 'test_hold', text: hold });
  await role({ SURFACES_NAMESPACE: database.namespace });
  // Where the role starts late, a lane is woken past its first wake, too.
  const woken = async () =>
    [...new Set((await wakes.queue('turns').getJobs(['waiting'])).map((job) => job.data.lane))].sort();
  await until(async () => (await woken()).join() === 'dead,lost', 'both lanes are woken');
  expect(await woken()).toEqual(['dead', 'lost']);
});

it('refuses a database of another version, and says which', { timeout: 60_000 }, async () => {
  const { database } = await open();
  await database.run({ name: 'test_older', text: 'DELETE FROM _prisma_migrations' });
  const { exited, output } = await role({ SURFACES_NAMESPACE: database.namespace });
  expect((await exited)[0]).toBe(78);
  expect(output()).toMatch(
    /schema_mismatch: the database is older than this code: it is at nothing, the code at \d+_\w+/,
  );
});
