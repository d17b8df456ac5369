import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openRedis } from '../../../shared/queue/redis.ts';
import { type RedisServer, redisServer } from '../../../shared/queue/redis-server.ts';
import { createLog } from '../../../shared/runtime/log.ts';
import { infoFindings, lookAtRedis } from './check-redis.ts';

describe('a Redis', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await redisServer();
    await server.start();
  });
  afterAll(() => server.kill());
  const look = (environment: 'production' | 'development', url = server.url) =>
    lookAtRedis({ REDIS_URL: url, SURFACES_ENV: environment }, {});

  test('that is well', async () => {
    const found = await look('production');
    expect(found.map(({ level }) => level)).toEqual(['ok', 'ok']);
    expect(found[0]!.text).toMatch(/^version \d+\.\d+.*in use.*no append-only file$/);
  });

  test('that throws work away is an error where roles refuse it, with the command that mends it', async () => {
    const redis = openRedis(server.url, 'worker', createLog('silent', {}));
    await redis.config('SET', 'maxmemory-policy', 'allkeys-lru');
    redis.disconnect();
    expect((await look('production')).at(-1)).toMatchObject({
      level: 'error',
      text: expect.stringContaining('allkeys-lru'),
      remedy: expect.stringContaining('CONFIG SET maxmemory-policy noeviction'),
    });
    expect((await look('development')).at(-1)).toMatchObject({ level: 'warning' });
  });

  test('that is away', async () => {
    expect(await look('production', 'redis://127.0.0.1:1')).toMatchObject([
      { level: 'error', text: expect.stringContaining('ECONNREFUSED') },
    ]);
  }, 20_000);
});

const WELL = [
  'redis_version:7.2.4',
  'redis_mode:standalone',
  'role:master',
  'used_memory:50',
  'maxmemory:100',
  'aof_enabled:1',
];

test.each([
  ['nothing', '', 'ok', 'keeps an append-only file'],
  ['its age', 'redis_version:5.0.14', 'error', '5.0.14 is too old'],
  ['memory that is nearly full', 'used_memory:95', 'warning', 'nearly full'],
  ['being a cluster', 'redis_mode:cluster', 'error', 'cluster'],
  ['being a replica', 'role:slave', 'error', 'replica'],
  ['a disk that it cannot write', 'rdb_last_bgsave_status:err', 'warning', 'could not write'],
])('what is wrong with a Redis: %s', (_, line, level, text) => {
  const rest = WELL.filter((each) => each.split(':')[0] !== line.split(':')[0]);
  expect(infoFindings([...rest, line].join('\r\n')).at(-1)).toMatchObject({
    level,
    text: expect.stringContaining(text),
  });
});
