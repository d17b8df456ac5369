import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { putOpsAccount, removeOpsAccount } from '../../shared/store/ops-accounts.ts';
import { hashPassword } from '../../shared/store/ops-password.ts';
import { openTestSite, PASSWORD, type TestSite } from './test-site.ts';

describe.skipIf(!process.env.DATABASE_URL)('the operator’s page', () => {
  let open: TestSite;
  beforeAll(async () => {
    open = await openTestSite();
  });
  beforeEach(() => open.forget());
  afterAll(() => open.close());

  const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
  const logIn = (password: string, headers: Record<string, string> = {}, more = '', remoteAddress = '127.0.0.1') =>
    open.site.inject({
      method: 'POST',
      url: '/login',
      payload: `user=operator&password=${encodeURIComponent(password)}${more}`,
      headers: { ...FORM, ...headers },
      remoteAddress,
    });
  const cookieOf = (answer: Awaited<ReturnType<typeof logIn>>) =>
    answer.cookies.find(({ name }) => name === 'surfaces_ops')!;
  const csrfOf = (body: string) => /name="csrf" value="([^"]+)"/.exec(body)?.[1];

  test('is open only where one logs in', async () => {
    expect((await open.site.inject('/login')).statusCode).toBe(200);
    for (const url of ['/', '/queues', '/queues/api/queues', '/nothing-here']) {
      const program = await open.site.inject(url);
      expect(program.statusCode, url).toBe(401);
      expect(program.headers['www-authenticate']).toContain('Basic');
      const browser = await open.site.inject({ url, headers: { accept: 'text/html' } });
      expect([browser.statusCode, browser.headers.location], url).toEqual([
        302,
        `/login?to=${encodeURIComponent(url)}`,
      ]);
    }
  });

  test('lets a browser in by the form, with a cookie that no script and no other site can use, and out again', async () => {
    const answer = await logIn(PASSWORD);
    expect([answer.statusCode, answer.headers.location]).toEqual([303, '/']);
    const cookie = cookieOf(answer);
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Lax', path: '/' });
    const cookies = { surfaces_ops: cookie.value };
    const page = await open.site.inject({ url: '/', cookies });
    expect(page.statusCode).toBe(200);
    expect(page.headers['content-security-policy']).toMatch(/default-src 'none'.*script-src 'self'/);
    expect(page.body).not.toContain(PASSWORD);
    expect((await open.site.inject({ url: '/queues', cookies })).statusCode).toBe(200);
    const out = `csrf=${csrfOf(page.body)}`;
    await open.site.inject({ method: 'POST', url: '/logout', cookies, payload: out, headers: FORM });
    expect((await open.site.inject({ url: '/', cookies })).statusCode).toBe(401);
    expect((await open.site.inject({ url: '/', cookies: { surfaces_ops: 'forged' } })).statusCode).toBe(401);
  });

  test('leads on to where one wanted to go, but never to another site', async () => {
    const to = async (path: string) => (await logIn(PASSWORD, {}, `&to=${encodeURIComponent(path)}`)).headers.location;
    expect(await to('/rooms?q=a')).toBe('/rooms?q=a');
    for (const elsewhere of [
      '//evil.example',
      'https://evil.example',
      '/\\evil.example',
      'javascript:alert(1)',
      '/login',
    ])
      expect(await to(elsewhere), elsewhere).toBe('/');
  });

  test('lets a program in by HTTP basic', async () => {
    expect((await open.site.inject({ url: '/', headers: open.basic() })).statusCode).toBe(200);
    expect((await open.site.inject({ url: '/', headers: open.basic('wrong') })).statusCode).toBe(401);
  });

  test('knows the accounts of the record, by what they may do, and those removed no more', async () => {
    await putOpsAccount(open.database, { name: 'rea', role: 'reader', password: await hashPassword('rea’s own') });
    const as = (password: string) => open.site.inject({ url: '/', headers: open.basic(password, 'rea') });
    expect((await as('rea’s own')).body).toContain('reader');
    expect((await as(PASSWORD)).statusCode).toBe(401);
    await removeOpsAccount(open.database, 'rea');
    expect((await as('rea’s own')).statusCode).toBe(401);
  });

  test('makes an address that guesses wait, longer each time, whatever it says of itself; others do not', async () => {
    const guess = (password: string, remoteAddress: string, headers = {}) =>
      open.site.inject({ url: '/', headers: { ...open.basic(password), ...headers }, remoteAddress });
    for (let index = 0; index < 6; index++) expect((await guess('wrong', '192.0.2.7')).statusCode).toBe(401);
    const forged = { 'x-forwarded-for': '198.51.100.9' };
    expect((await guess(PASSWORD, '192.0.2.7', forged)).statusCode).toBe(401);
    const told = await logIn(PASSWORD, {}, '', '192.0.2.7');
    expect([told.statusCode, told.body]).toEqual([429, expect.stringMatching(/Try again in \d seconds/)]);
    expect((await guess(PASSWORD, '192.0.2.8')).statusCode).toBe(200);
    await expect.poll(async () => (await guess(PASSWORD, '192.0.2.7')).statusCode, { timeout: 10_000 }).toBe(200);
  });

  test('refuses a form that another site sends, and one that was not made for this session', async () => {
    expect((await logIn(PASSWORD, { 'sec-fetch-site': 'cross-site' })).statusCode).toBe(403);
    const cookies = { surfaces_ops: cookieOf(await logIn(PASSWORD)).value };
    const other = csrfOf(
      (await open.site.inject({ url: '/', cookies: { surfaces_ops: cookieOf(await logIn(PASSWORD)).value } })).body,
    );
    const mine = csrfOf((await open.site.inject({ url: '/', cookies })).body);
    const logOut = (payload: string) =>
      open.site.inject({
        method: 'POST',
        url: '/logout',
        cookies,
        payload,
        headers: { ...FORM, 'sec-fetch-site': 'same-origin' },
      });
    for (const payload of ['', 'csrf=', 'csrf=forged', `csrf=${other}`])
      expect((await logOut(payload)).statusCode, payload).toBe(403);
    expect((await logOut(`csrf=${mine}`)).statusCode).toBe(303);
  });
});
