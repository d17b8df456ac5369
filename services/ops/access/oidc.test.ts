import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openTestSite, type TestSite } from '../test-site.ts';
import { openTestIssuer, type TestIssuer } from './test-issuer.ts';

const PAGE = 'https://ops.example.org';
const HTML = { accept: 'text/html', 'x-forwarded-proto': 'https' };
const SESSION = '__Host-surfaces_ops';
const BEGUN = '__Host-surfaces_ops_oidc';

describe.skipIf(!process.env.DATABASE_URL)('a login at an issuer of OpenID Connect', () => {
  let issuer: TestIssuer;
  let open: TestSite;
  const settings = () => ({
    OPS_OIDC_ISSUER: issuer.url,
    OPS_OIDC_CLIENT_ID: issuer.client.id,
    OPS_OIDC_CLIENT_SECRET: issuer.client.secret,
    OPS_OIDC_URL: PAGE,
    OPS_OIDC_OPERATORS: 'Ann@example.org',
    OPS_OIDC_READERS: 'rea@example.org',
  });
  beforeAll(async () => {
    issuer = await openTestIssuer();
    open = await openTestSite({ environment: settings() });
  });
  beforeEach(async () => {
    issuer.restore();
    await open.forget();
  });
  afterAll(async () => {
    await open.close();
    await issuer.close();
  });

  type Cookies = Record<string, string>;
  const get = (url: string, cookies: Cookies = {}, site = open.site) => site.inject({ url, cookies, headers: HTML });
  /** A browser on its way: what it was given, and where the issuer sent it back to. */
  async function begin(to = '', site = open.site) {
    const sent = await get(`/login/oidc${to}`, {}, site);
    expect(sent.statusCode, sent.body).toBe(302);
    const cookies = Object.fromEntries(sent.cookies.map(({ name, value }) => [name, value]));
    const back = await fetch(sent.headers.location!, { redirect: 'manual' });
    const { origin, pathname, search } = new URL(back.headers.get('location')!);
    expect([origin, pathname]).toEqual([PAGE, '/login/oidc/callback']);
    return { cookies, callback: pathname + search, address: new URL(sent.headers.location!) };
  }
  async function logIn(to = '', site = open.site) {
    const { cookies, callback } = await begin(to, site);
    return get(callback, cookies, site);
  }
  const toldIn = (body: string) => /<p class="told problem"[^>]*>([^<]*)/.exec(body)?.[1]?.replaceAll('&#39;', '’');
  const sessionOf = ({ cookies }: Awaited<ReturnType<typeof logIn>>) =>
    cookies.find(({ name, value }) => name === SESSION && value !== '')?.value;

  test('is offered beside the form, and leads to where one wanted to go', async () => {
    const form = await get('/login?to=%2Frooms%3Fq%3Da');
    expect(form.body).toContain(`href="/login/oidc?to=${encodeURIComponent('/rooms?q=a')}"`);
    expect(form.body).toContain(`Log in through ${new URL(issuer.url).host}`);

    const { cookies, callback, address } = await begin('?to=%2Frooms%3Fq%3Da');
    expect(Object.fromEntries(address.searchParams)).toMatchObject({
      code_challenge_method: 'S256',
      response_type: 'code',
      scope: 'openid email profile',
    });
    const answer = await get(callback, cookies);
    expect([answer.statusCode, answer.headers.location]).toEqual([303, '/rooms?q=a']);
    expect(answer.cookies.find(({ name }) => name === SESSION)).toMatchObject({
      httpOnly: true,
      secure: true,
      sameSite: 'Lax',
      path: '/',
    });
    const page = await get('/', { [SESSION]: sessionOf(answer)! });
    expect(page.body).toContain('ann@example.org (oidc)');
    expect(page.body).toContain('operator');
  });

  test.each(['//evil.example', 'https://evil.example', '/\\evil.example', '/login/oidc', '/a\tb'])(
    'leads nowhere else: %s',
    async (to) => expect((await logIn(`?to=${encodeURIComponent(to)}`)).headers.location).toBe('/'),
  );

  test('makes readers of those who are readers', async () => {
    issuer.claims = { email: 'rea@example.org', email_verified: true };
    const page = await get('/', { [SESSION]: sessionOf(await logIn())! });
    expect(page.body).toContain('reader');
    expect(page.body).not.toContain('operator');
  });

  test('takes what the ID token does not say from the userinfo', async () => {
    issuer.claims = {};
    issuer.userinfo = { email: 'ann@example.org', email_verified: true };
    expect((await logIn()).statusCode).toBe(303);
    // And believes the signed one where both say something.
    issuer.claims = { email: 'eve@example.org' };
    expect((await logIn()).statusCode).toBe(403);
  });

  test.each([
    ['who is in no list', { email: 'eve@example.org', email_verified: true }, 403, 'You are eve@example.org at'],
    ['whose address is not verified', { email: 'ann@example.org', email_verified: false }, 403, 'not verified'],
    [
      'whose address is said to be verified in words',
      { email: 'ann@example.org', email_verified: 'true' },
      403,
      'not verified',
    ],
    ['of whom nothing is said', { email: undefined }, 403, 'nothing that can be used under “email”'],
    ['whose name is a list', { email: ['ann@example.org'], email_verified: true }, 403, 'nothing that can be used'],
    ['whose token is for another page', { aud: 'another' }, 502, 'does not hold'],
    ['whose token is of another issuer', { iss: 'https://evil.example' }, 502, 'does not hold'],
    ['whose token is over', { iat: 1_700_000_000, exp: 1_700_000_060 }, 502, 'does not hold'],
    ['whose token was asked for by another login', { nonce: 'another' }, 502, 'does not hold'],
  ] as const)('refuses somebody %s', async (_, claims, status, text) => {
    issuer.claims = { ...issuer.claims, ...claims };
    const answer = await logIn();
    expect([answer.statusCode, toldIn(answer.body)]).toEqual([status, expect.stringContaining(text)]);
    expect(sessionOf(answer)).toBeUndefined();
    expect(answer.body).toContain('<form class="login"');
  });

  test('refuses a token that another key has signed', async () => {
    issuer.signsWith = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    expect((await logIn()).statusCode).toBe(502);
  });

  test('tells a denial in words, and repeats nothing of what the address says', async () => {
    issuer.refuses = 'access_denied';
    const { cookies, callback } = await begin();
    const answer = await get(`${callback}&error_description=%3Cb%3Ecall+0800`, cookies);
    expect([answer.statusCode, toldIn(answer.body)]).toEqual([403, expect.stringContaining('the login was denied')]);
    expect(answer.body).not.toContain('0800');
  });

  test('a state serves once, in the browser that it was made for, and a code for the login that it was given to', async () => {
    const mine = await begin();
    for (const cookies of [{}, { [BEGUN]: 'forged' }, (await begin()).cookies]) {
      const theirs = await begin();
      const forged = await get(theirs.callback, cookies);
      expect([forged.statusCode, sessionOf(forged)]).toEqual([400, undefined]);
    }
    expect((await get(mine.callback, mine.cookies)).statusCode).toBe(303);
    expect((await get(mine.callback, mine.cookies)).statusCode).toBe(400);

    const code = new URL(mine.callback, PAGE).searchParams.get('code')!;
    const next = await begin();
    const replayed = new URL(next.callback, PAGE);
    replayed.searchParams.set('code', code);
    const answer = await get(replayed.pathname + replayed.search, next.cookies);
    expect([answer.statusCode, sessionOf(answer)]).toEqual([502, undefined]);
    // A code that somebody else was given, put into a login of one's own: PKCE.
    const [first, second] = [await begin(), await begin()];
    const stolen = new URL(second.callback, PAGE);
    stolen.searchParams.set('code', new URL(first.callback, PAGE).searchParams.get('code')!);
    expect((await get(stolen.pathname + stolen.search, second.cookies)).statusCode).toBe(502);
    for (const url of ['/login/oidc/callback', '/login/oidc/callback?state=a&state=b', '/login/oidc/callback?code=a'])
      expect((await get(url, next.cookies)).statusCode, url).toBe(400);
  });

  test('while the issuer is away the page stays up, its form works, and then the issuer is asked again', async () => {
    const fresh = await openTestSite({ environment: settings() });
    try {
      issuer.away = 503;
      const away = await get('/login/oidc?to=%2Frooms', {}, fresh.site);
      expect([away.statusCode, toldIn(away.body)]).toEqual([503, expect.stringContaining('does not answer')]);
      expect(away.body).toContain('name="to" value="/rooms"');
      expect((await fresh.site.inject({ url: '/', headers: fresh.basic() })).statusCode).toBe(200);
      issuer.away = null;
      const { cookies, callback } = await begin('', fresh.site);
      issuer.away = 503;
      expect((await get(callback, cookies, fresh.site)).statusCode).toBe(503);
      issuer.away = null;
      expect((await logIn('', fresh.site)).statusCode).toBe(303);
      expect(issuer.asked.filter((path) => path.startsWith('/.well-known'))).toHaveLength(3);
      expect((await logIn('', fresh.site)).statusCode).toBe(303);
      expect(issuer.asked.filter((path) => path.startsWith('/.well-known'))).toHaveLength(3);
    } finally {
      await fresh.close();
    }
  });

  test('the session before it is over, and logging out says that the issuer’s own goes on', async () => {
    const [first] = [sessionOf(await logIn())!];
    const { cookies, callback } = await begin();
    const second = sessionOf(await get(callback, { ...cookies, [SESSION]: first }))!;
    expect((await get('/', { [SESSION]: first })).statusCode).toBe(302);
    const page = await get('/', { [SESSION]: second });
    const csrf = /name="csrf" value="([^"]+)"/.exec(page.body)![1]!;
    const out = await open.site.inject({
      method: 'POST',
      url: '/logout',
      cookies: { [SESSION]: second },
      headers: { ...HTML, 'content-type': 'application/x-www-form-urlencoded' },
      payload: `csrf=${encodeURIComponent(csrf)}`,
    });
    expect((await get(out.headers.location!)).body).toContain('Your login at the issuer goes on');
    expect((await get('/', { [SESSION]: second })).statusCode).toBe(302);
  });

  test('groups decide where they are to, and a name that is like one does not', async () => {
    const environment = {
      ...settings(),
      OPS_OIDC_CLAIM: 'preferred_username',
      OPS_OIDC_GROUPS_CLAIM: 'groups',
      OPS_OIDC_OPERATORS: 'Chat Admins',
    };
    const grouped = await openTestSite({ environment });
    try {
      issuer.claims = { preferred_username: 'ann', groups: ['everybody', 'Chat Admins'] };
      const session = sessionOf(await logIn('', grouped.site))!;
      expect((await get('/', { [SESSION]: session }, grouped.site)).body).toContain('operator');
      for (const groups of [[], ['chat admins'], undefined, { admins: 'Chat Admins' }]) {
        issuer.claims = { preferred_username: 'Chat Admins', groups };
        expect((await logIn('', grouped.site)).statusCode).toBe(403);
      }
    } finally {
      await grouped.close();
    }
  });

  test('is no way in where none is configured', async () => {
    const plain = await openTestSite();
    try {
      expect((await get('/login/oidc', {}, plain.site)).headers.location).toBe('/login?to=%2Flogin%2Foidc');
      expect((await get('/login', {}, plain.site)).body).not.toContain('oidc');
    } finally {
      await plain.close();
    }
  });
});
