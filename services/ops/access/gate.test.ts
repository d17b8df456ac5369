import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { putOpsAccount, removeOpsAccount, setOpsPassword, setOpsRole } from '../../../shared/store/ops-accounts.ts';
import { hashPassword } from '../../../shared/store/ops-password.ts';
import { openTestSite, PASSWORD, type TestSite } from '../test-site.ts';
import { FRESH_MS } from './accounts.ts';
import { LOOK_AGAIN_MS } from './gate.ts';

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const HTTPS = { 'x-forwarded-proto': 'https' };
const REA = 'password of rea';

describe.skipIf(!process.env.DATABASE_URL)('the gate', () => {
  let open: TestSite;
  let hashed: string;
  beforeAll(async () => {
    open = await openTestSite();
    hashed = await hashPassword(REA);
  });
  beforeEach(async () => {
    await open.forget();
    await putOpsAccount(open.database, { name: 'rea', role: 'operator', password: hashed });
  });
  afterAll(() => open.close());

  type Cookies = Record<string, string>;
  const post = (headers: Record<string, string>, cookies: Cookies = {}, user = 'operator', password = PASSWORD) =>
    open.site.inject({
      method: 'POST',
      url: '/login',
      payload: new URLSearchParams({ user, password }).toString(),
      headers: { ...FORM, ...headers },
      cookies,
    });
  const cookiesOf = (answer: Awaited<ReturnType<typeof post>>): Cookies =>
    Object.fromEntries(answer.cookies.map(({ name, value }) => [name, value]));
  const asRea = async () => cookiesOf(await post({}, {}, 'rea', REA));
  const statusWith = async (cookies: Cookies, headers = {}) =>
    (await open.site.inject({ url: '/', cookies, headers })).statusCode;

  test('an account that is removed, demoted or gets another password loses what it had', async () => {
    const [removed, demoted, changed] = [await asRea(), await asRea(), await asRea()];
    const page = async () => (await open.site.inject({ url: '/', cookies: demoted })).body;
    expect(await page()).toContain('operator');
    await setOpsRole(open.database, 'rea', 'reader');
    expect(await page()).not.toContain('operator');

    await setOpsPassword(open.database, 'rea', await hashPassword('another password'));
    expect(await statusWith(changed)).toBe(401);
    expect((await open.site.inject({ url: '/', headers: open.basic(REA, 'rea') })).statusCode).toBe(401);
    const again = cookiesOf(await post({}, {}, 'rea', 'another password'));
    expect(await statusWith(again)).toBe(200);

    await removeOpsAccount(open.database, 'rea');
    for (const cookies of [removed, again]) expect(await statusWith(cookies)).toBe(401);
    // One of the same name and password is another one.
    await putOpsAccount(open.database, {
      name: 'rea',
      role: 'operator',
      password: await hashPassword('another password'),
    });
    expect(await statusWith(again)).toBe(401);
  });

  test('and loses it within 15 seconds, also what is still being sent to it', async () => {
    expect(FRESH_MS + LOOK_AGAIN_MS).toBeLessThanOrEqual(15_000);
    const cookies = await asRea();
    await open.site.listen({ host: '127.0.0.1', port: 0 });
    const { port } = open.site.server.address() as AddressInfo;
    const cookie = Object.entries(cookies).map(([name, value]) => `${name}=${value}`);
    const headers = { cookie: cookie.join('; '), accept: 'text/event-stream' };
    const news = await fetch(`http://127.0.0.1:${port}/live-overview`, { headers });
    expect(news.status).toBe(200);
    const ended = (async () => {
      for await (const _ of news.body!);
    })();
    const first = await Promise.race([ended.then(() => 'ended'), new Promise((go) => setTimeout(go, 300, 'goes on'))]);
    expect(first).toBe('goes on');
    await removeOpsAccount(open.database, 'rea');
    await expect(ended).rejects.toThrow('terminated');
  });

  test('says to browsers what they may do, and to keep to https only where it was https', async () => {
    const { headers } = await open.site.inject('/login');
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'content-security-policy': expect.stringMatching(/default-src 'none'.*frame-ancestors 'none'/),
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'permissions-policy': expect.stringContaining('camera=()'),
      'referrer-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
    });
    const hsts = async (remoteAddress: string) =>
      (await open.site.inject({ url: '/login', headers: HTTPS, remoteAddress })).headers['strict-transport-security'];
    expect(headers['strict-transport-security']).toBeUndefined();
    expect(await hsts('192.0.2.7')).toBeUndefined();
    expect(await hsts('127.0.0.1')).toBe('max-age=31536000');
  });

  test('behind https a cookie is one that only this host can have set; neither counts for the other', async () => {
    const [safe, plain] = [await post(HTTPS), await post({})];
    expect(safe.cookies).toMatchObject([{ name: '__Host-surfaces_ops', secure: true, path: '/', httpOnly: true }]);
    expect(safe.cookies[0]).not.toHaveProperty('domain');
    expect(plain.cookies).toMatchObject([{ name: 'surfaces_ops', httpOnly: true }]);
    expect(plain.cookies[0]).not.toHaveProperty('secure');
    expect(await statusWith(cookiesOf(safe), HTTPS)).toBe(200);
    expect(await statusWith(cookiesOf(safe))).toBe(401);
    expect(await statusWith(cookiesOf(plain), HTTPS)).toBe(401);
  });

  test('a session is new with each login, and the one before it is over', async () => {
    const known = { surfaces_ops: 'of-an-attacker' };
    const first = cookiesOf(await post({}, known));
    expect(first.surfaces_ops).not.toBe(known.surfaces_ops);
    expect(await statusWith(known)).toBe(401);
    const second = cookiesOf(await post({}, first));
    expect(second.surfaces_ops).not.toBe(first.surfaces_ops);
    expect([await statusWith(first), await statusWith(second)]).toEqual([401, 200]);
  });

  test.each([
    ['another site', { 'sec-fetch-site': 'cross-site' }, 403],
    ['another host of the same domain', { 'sec-fetch-site': 'same-site' }, 403],
    ['another site, over plain http', { origin: 'https://evil.example', host: 'ops.example.org' }, 403],
    ['another port, over plain http', { origin: 'http://ops.example.org:8080', host: 'ops.example.org' }, 403],
    ['a frame without an origin', { origin: 'null', host: 'ops.example.org' }, 403],
    ['its own page', { 'sec-fetch-site': 'same-origin', origin: 'https://ops.example.org', host: 'internal' }, 303],
    ['its own page, over plain http', { origin: 'http://ops.example.org:9090', host: 'ops.example.org:9090' }, 303],
    [
      'its own page, through a proxy',
      { origin: 'http://ops.example.org', 'x-forwarded-host': 'ops.example.org', host: 'internal' },
      303,
    ],
    ['a program', {}, 303],
  ])('a login that %s sends', async (_, headers, status) => {
    expect((await post(headers as Record<string, string>)).statusCode).toBe(status);
  });

  test('a password that a browser keeps is good for no form of another site, and it is not asked for one', async () => {
    const send = (headers: Record<string, string | undefined>) =>
      open.site.inject({ method: 'POST', url: '/nothing-here', headers: { ...FORM, ...open.basic(), ...headers } });
    expect((await send({})).statusCode).toBe(404);
    for (const headers of [
      { origin: 'http://localhost', host: 'localhost' },
      { cookie: 'a=b' },
      { accept: 'text/html' },
    ])
      expect((await send(headers)).statusCode, JSON.stringify(headers)).toBe(403);
    const asked = await open.site.inject({ url: '/', headers: { 'sec-fetch-site': 'same-origin' } });
    expect([asked.statusCode, asked.headers['www-authenticate']]).toEqual([401, undefined]);
  });

  test('while Redis is away one can log out all the same', async () => {
    const cookies = cookiesOf(await post({}));
    const page = await open.site.inject({ url: '/', cookies });
    const csrf = /name="csrf" value="([^"]+)"/.exec(page.body)![1]!;
    open.wakes.redis.disconnect();
    try {
      const url = '/logout';
      const payload = new URLSearchParams({ csrf }).toString();
      const out = await open.site.inject({ method: 'POST', url, cookies, payload, headers: FORM });
      expect([out.statusCode, out.cookies[0]]).toEqual([503, expect.objectContaining({ value: '' })]);
      expect(await statusWith(cookies)).toBe(401);
    } finally {
      await expect.poll(() => open.wakes.redis.status).toBe('end');
      await open.wakes.redis.connect();
    }
  });
});
