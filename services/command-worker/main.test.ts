import { tmpdir } from 'node:os';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { TestHttpServers } from '../../shared/matrix/test-http-server.ts';
import { untilUp } from '../../shared/queue/redis.ts';
import { openWakes, type Wakes } from '../../shared/queue/wakes.ts';
import { createLog } from '../../shared/runtime/log.ts';
import { type RoleProcess, startRoleProcess } from '../../shared/runtime/test-process.ts';
import { TcpProxy } from '../../shared/runtime/test-tcp-proxy.ts';
import { type FreshDatabase, freshDatabase } from '../../shared/store/fresh-database.ts';

vi.setConfig({ testTimeout: 90_000, hookTimeout: 30_000 });
const soon = { timeout: 30_000, interval: 100 };
const homeserver = new TestHttpServers();
let database: FreshDatabase;
let wakes: Wakes;
let proxies: { readonly postgres: TcpProxy; readonly redis: TcpProxy };
let worker: RoleProcess | undefined;
beforeEach(async () => {
  const { DATABASE_URL: postgresUrl = '', REDIS_URL: redisUrl = '' } = process.env;
  database = await freshDatabase(2);
  wakes = openWakes(redisUrl, database.namespace, createLog('silent', {}));
  await untilUp(wakes.redis, 5_000);
  proxies = { postgres: await new TcpProxy(postgresUrl).start(), redis: await new TcpProxy(redisUrl).start() };
  worker = await startRoleProcess(new URL('main.ts', import.meta.url), {
    SURFACES_NAMESPACE: database.namespace,
    DATABASE_URL: proxies.postgres.through(postgresUrl),
    REDIS_URL: proxies.redis.through(redisUrl),
    MATRIX_HOMESERVER_URL: await homeserver.serve((_, response) => {
      response.end(JSON.stringify({ user_id: '@bot:test', device_id: 'D' }));
    }),
    ...{ MATRIX_ACCESS_TOKEN: 't', AGENT_URL: 'ws://127.0.0.1:1', AGENT_TOKEN: 't', AGENTS_DIR: tmpdir() },
  });
  await expect.poll(worker.needs, soon).toEqual([]);
});
afterEach(async () => {
  worker?.child.kill('SIGKILL');
  for (const proxy of Object.values(proxies)) proxy.stop();
  const keys = await wakes.redis.keys(`${database.namespace}:*`);
  if (keys.length > 0) await wakes.redis.del(...keys);
  await wakes.close();
  await homeserver.close();
  await database.drop();
});

/** Of a lane without work: taken, found empty, and over. */
async function takesWakes(lane: string): Promise<void> {
  await wakes.wake(lane, 'commands');
  const left = () => wakes.queue('commands').getJobCountByTypes('waiting', 'active', 'delayed');
  await expect.poll(left, soon).toBe(0);
}

test('a worker behind a network in which everything vanishes says so, lives, and works again when it is mended', async () => {
  const { needs, get, output } = worker!;
  await takesWakes('room/before');
  for (const proxy of Object.values(proxies)) proxy.swallow();
  await expect.poll(needs, soon).toEqual(expect.arrayContaining(['database', 'redis']));
  expect(await get('/live')).toMatchObject({ status: 200 });
  expect(await get('/startup')).toMatchObject({ status: 200 });
  expect(await get('/ready')).toMatchObject({ status: 503 });
  for (const proxy of Object.values(proxies)) proxy.mend();
  const mended = performance.now();
  await expect.poll(needs, soon).toEqual([]);
  await takesWakes('room/after');
  process.stdout.write(`well again after ${Math.round(performance.now() - mended)} ms\n`);
  expect(performance.now() - mended).toBeLessThan(20_000);
  expect(output()).not.toContain('"fatal"');
});
