import { mkdtempSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createLog, type Log } from '../../../shared/runtime/log.ts';
import { openTestSite, PASSWORD, type TestSite } from '../test-site.ts';

const HEADER = 'x-forwarded-user';
const PROXY = '10.1.2.3';

describe.skipIf(!process.env.DATABASE_URL)('a proxy that says who somebody is', () => {
  let open: TestSite;
  const lines: string[] = [];
  beforeAll(async () => {
    const log = createLog('silent', {});
    log.warn = ((_: unknown, text: string) => void lines.push(text)) as Log['warn'];
    open = await openTestSite({
      log,
      environment: {
        OPS_PROXY_USER_HEADER: 'X-Forwarded-User',
        OPS_PROXY_FROM: '10.1.0.0/16, 2001:db8::/32, loopback',
        OPS_PROXY_OPERATORS: 'ann',
        OPS_PROXY_READERS: 'rea',
      },
    });
  });
  beforeEach(() => open.forget());
  afterAll(() => open.close());

  const ask = (headers: Record<string, string | string[]>, remoteAddress = PROXY, cookies = {}) =>
    open.site.inject({ url: '/', headers, remoteAddress, cookies });
  const nameIn = (body: string) => /<span>([^<]*)<small>([^<]*)/.exec(body)?.slice(1);

  test('is believed from its own addresses, by what is written down of whom it names', async () => {
    for (const address of [PROXY, `::ffff:${PROXY}`, '2001:db8::7', '127.0.0.1', '::1'])
      expect(nameIn((await ask({ [HEADER]: 'ann' }, address)).body), address).toEqual(['ann (proxy)', 'operator']);
    expect(nameIn((await ask({ [HEADER]: 'rea' })).body)).toEqual(['rea (proxy)', 'reader']);
  });

  test('is believed from nowhere else, which is said once', async () => {
    lines.length = 0;
    for (const address of ['10.2.0.1', '192.0.2.7', '2001:db9::7', '::ffff:192.0.2.7'])
      for (const more of [{}, { 'x-forwarded-for': PROXY }])
        expect((await ask({ [HEADER]: 'ann', ...more } as Record<string, string>, address)).statusCode, address).toBe(
          401,
        );
    expect(lines.filter((line) => line.includes('OPS_PROXY_FROM'))).toHaveLength(1);
  });

  test.each(['eve', 'Ann', 'ann, eve', 'ann,', ' ', 'ann\u00e9', 'a'.repeat(300), '*'])(
    'lets nobody in who is not named clearly, and in a list: %s',
    async (name) => expect((await ask({ [HEADER]: name })).statusCode).toBe(401),
  );

  test('a second header of the same name lets nobody in', async () =>
    expect((await ask({ [HEADER]: ['ann', 'ann'] })).statusCode).toBe(401));

  test('goes before a session and a password that come with it', async () => {
    const payload = new URLSearchParams({ user: 'operator', password: PASSWORD }).toString();
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const login = await open.site.inject({ method: 'POST', url: '/login', payload, headers });
    const cookies = { [login.cookies[0]!.name]: login.cookies[0]!.value };
    expect(nameIn((await ask({}, PROXY, cookies)).body)).toEqual(['operator', 'operator']);
    expect(nameIn((await ask({ [HEADER]: 'rea' }, PROXY, cookies)).body)).toEqual(['rea (proxy)', 'reader']);
    expect(nameIn((await ask({ [HEADER]: 'rea', ...open.basic() })).body)).toEqual(['rea (proxy)', 'reader']);
    // Who is named and not let in may log in by the form; a password with the request is the proxy’s own, and no try here.
    expect(nameIn((await ask({ [HEADER]: 'eve' }, PROXY, cookies)).body)).toEqual(['operator', 'operator']);
    for (let index = 0; index < 8; index++)
      expect((await ask({ [HEADER]: 'eve', ...open.basic('password of the proxy') })).statusCode).toBe(401);
    expect((await ask(open.basic())).statusCode).toBe(200);
  });

  test('the login page says who is named and not let in, and the form is there', async () => {
    const headers = { [HEADER]: 'eve' };
    const { body } = await open.site.inject({ url: '/login', headers, remoteAddress: PROXY });
    expect(body).toContain('The proxy says that you are eve (proxy)');
    expect(body).toContain('<form class="login"');
  });

  test('needs the token of its form from a browser, and logging out is said to be the proxy’s', async () => {
    const page = await ask({ [HEADER]: 'rea' });
    const send = (payload: string) =>
      open.site.inject({
        method: 'POST',
        url: '/logout',
        payload,
        remoteAddress: PROXY,
        headers: { [HEADER]: 'rea', cookie: 'of_the_proxy=1', 'content-type': 'application/x-www-form-urlencoded' },
      });
    expect((await send('')).statusCode).toBe(403);
    const csrf = /name="csrf" value="([^"]+)"/.exec(page.body)![1]!;
    const out = await send(new URLSearchParams({ csrf }).toString());
    const url = out.headers.location as string;
    const said = await open.site.inject({ url, headers: { [HEADER]: 'rea' }, remoteAddress: PROXY });
    expect(said.body).toContain('You came in without a session of this page');
  });

  test('has its word for the address of who tries passwords, and nobody else', async () => {
    const wrong = (remoteAddress: string, from: string) =>
      open.site.inject({ url: '/', headers: { ...open.basic('wrong'), 'x-forwarded-for': from }, remoteAddress });
    const right = (remoteAddress: string, from: string) =>
      open.site.inject({ url: '/', headers: { ...open.basic(), 'x-forwarded-for': from }, remoteAddress });
    for (let index = 0; index < 6; index++) await wrong(PROXY, `198.51.100.${index}, 203.0.113.5`);
    expect((await right(PROXY, '203.0.113.5')).statusCode).toBe(401);
    expect((await right(PROXY, '203.0.113.6')).statusCode).toBe(200);
    for (let index = 0; index < 6; index++) await wrong('192.0.2.9', `198.51.100.${index}`);
    expect((await right('192.0.2.9', '198.51.100.77')).statusCode).toBe(401);
  });

  test('on a unix socket is this machine', async () => {
    const socketPath = join(mkdtempSync(join(tmpdir(), 'surfaces-ops-')), 'socket');
    await open.site.listen({ path: socketPath });
    const status = await new Promise((resolve, reject) => {
      const asked = request({ socketPath, path: '/', headers: { [HEADER]: 'ann' } }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      });
      asked.on('error', reject).end();
    });
    expect(status).toBe(200);
  });

  test('is not asked for where no header is named', async () => {
    const plain = await openTestSite();
    try {
      for (const name of [HEADER, 'remote-user', 'x-remote-user'])
        expect((await plain.site.inject({ url: '/', headers: { [name]: 'ann' } })).statusCode).toBe(401);
    } finally {
      await plain.close();
    }
  });
});
