import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openRedis, type Redis, untilUp } from '../../shared/queue/redis.ts';
import { openWakes, type Wakes } from '../../shared/queue/wakes.ts';
import { createLog } from '../../shared/runtime/log.ts';
import { Sessions } from './sessions.ts';
import { createSite } from './site.ts';

const NAMESPACE = `test_ops_${Math.random().toString(36).slice(2, 8)}`;
const PASSWORD = 'correct horse';
const log = createLog('silent', {});

let redis: Redis;
let wakes: Wakes;
let site: Awaited<ReturnType<typeof createSite>>;
beforeAll(async () => {
  redis = openRedis(process.env.REDIS_URL!, 'producer', log);
  await untilUp(redis, 5_000);
  wakes = openWakes(process.env.REDIS_URL!, NAMESPACE, log);
  await untilUp(wakes.redis, 5_000);
  site = await createSite({
    sessions: new Sessions(redis, NAMESPACE, 'operator', PASSWORD),
    queues: [wakes.queue('turns')],
    overview: async () => ({ backlog: { lanes: 1, items: 2, oldestSeconds: 3, unsent: 4 }, people: 5, chats: 6 }),
  });
});
beforeEach(() => forget());
afterAll(async () => {
  await site.close();
  await forget();
  await wakes.close();
  redis.disconnect();
});

async function forget(): Promise<void> {
  const keys = await redis.keys(`${NAMESPACE}*`);
  if (keys.length > 0) await redis.del(...keys);
}

const logIn = (password: string, headers: Record<string, string> = {}) =>
  site.inject({
    method: 'POST',
    url: '/login',
    payload: `user=operator&password=${encodeURIComponent(password)}`,
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
  });
const basic = (password: string) => ({ authorization: `Basic ${btoa(`operator:${password}`)}` });
const cookieOf = (answer: Awaited<ReturnType<typeof logIn>>) =>
  answer.cookies.find(({ name }) => name === 'surfaces_ops')!;

describe('the operator’s page', () => {
  test('is open only where one logs in', async () => {
    expect((await site.inject('/login')).statusCode).toBe(200);
    for (const url of ['/', '/queues', '/queues/api/queues']) {
      const program = await site.inject(url);
      expect(program.statusCode, url).toBe(401);
      expect(program.headers['www-authenticate']).toContain('Basic');
      const browser = await site.inject({ url, headers: { accept: 'text/html' } });
      expect([browser.statusCode, browser.headers.location], url).toEqual([302, '/login']);
    }
  });

  test('lets a browser in by the form, with a cookie that no script and no other site can use, and out again', async () => {
    const answer = await logIn(PASSWORD);
    expect([answer.statusCode, answer.headers.location]).toEqual([303, '/']);
    const cookie = cookieOf(answer);
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Lax', path: '/' });
    const cookies = { surfaces_ops: cookie.value };
    const page = await site.inject({ url: '/', cookies });
    expect(page.statusCode).toBe(200);
    expect(page.headers['content-security-policy']).toContain("default-src 'none'");
    expect(page.body).not.toContain(PASSWORD);
    expect((await site.inject({ url: '/queues', cookies })).statusCode).toBe(200);
    await site.inject({ method: 'POST', url: '/logout', cookies });
    expect((await site.inject({ url: '/', cookies })).statusCode).toBe(401);
    expect((await site.inject({ url: '/', cookies: { surfaces_ops: 'forged' } })).statusCode).toBe(401);
  });

  test('lets a program in by HTTP basic', async () => {
    expect((await site.inject({ url: '/', headers: basic(PASSWORD) })).statusCode).toBe(200);
    expect((await site.inject({ url: '/', headers: basic('wrong') })).statusCode).toBe(401);
  });

  test('takes ten wrong passwords from an address, whatever it says of itself, and none after that', async () => {
    for (let index = 0; index < 10; index++)
      expect((await site.inject({ url: '/', headers: basic('wrong'), remoteAddress: '192.0.2.7' })).statusCode).toBe(
        401,
      );
    const last = { remoteAddress: '192.0.2.7', headers: { ...basic(PASSWORD), 'x-forwarded-for': '198.51.100.9' } };
    expect((await site.inject({ url: '/', ...last })).statusCode).toBe(401);
    expect((await site.inject({ url: '/', headers: basic(PASSWORD), remoteAddress: '192.0.2.8' })).statusCode).toBe(
      200,
    );
  });

  test('refuses a form that another site sends', async () => {
    expect((await logIn(PASSWORD, { 'sec-fetch-site': 'cross-site' })).statusCode).toBe(403);
  });

  test('shows the queues and changes nothing in them', async () => {
    const queues = await site.inject({ url: '/queues/api/queues', headers: basic(PASSWORD) });
    expect(queues.statusCode).toBe(200);
    expect(queues.body).toContain('"readOnlyMode":true');
    const put = await site.inject({
      method: 'PUT',
      url: '/queues/api/queues/turns/retry/failed',
      headers: basic(PASSWORD),
    });
    expect(put.statusCode).toBeGreaterThanOrEqual(400);
  });
});
