import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { putOpsAccount } from '../../../shared/store/ops-accounts.ts';
import { hashPassword } from '../../../shared/store/ops-password.ts';
import { createBoard } from '../site.ts';
import { openTestSite, PASSWORD, type TestSite } from '../test-site.ts';
import { openTestIssuer, type TestIssuer } from './test-issuer.ts';

/** Whoever adds to these says why it may be open: everything else is behind the gate by itself. */
const OPEN = [
  ...['GET /login', 'POST /login', 'POST /logout', 'GET /login/oidc', 'GET /login/oidc/callback'],
  ...['GET /assets/style.css', 'GET /assets/page.js', 'GET /assets/live.js', 'GET /assets/icon.svg'],
];
/** What readers may send. */
const FOR_READERS = ['POST /login', 'POST /logout'];
const REA = 'password of rea';
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

type Route = { readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'; readonly path: string };

describe.skipIf(!process.env.DATABASE_URL)('every route of the page', () => {
  let issuer: TestIssuer;
  let open: TestSite;
  let routes: readonly Route[];
  beforeAll(async () => {
    issuer = await openTestIssuer();
    const environment = {
      OPS_OIDC_ISSUER: issuer.url,
      OPS_OIDC_CLIENT_ID: issuer.client.id,
      OPS_OIDC_CLIENT_SECRET: issuer.client.secret,
      OPS_OIDC_URL: 'https://ops.example.org',
      OPS_OIDC_READERS: '*',
    };
    open = await openTestSite({ environment });
    const board = await createBoard(open.options);
    routes = [open.site, board].flatMap((site) => routesIn(site.printRoutes({ commonPrefix: false })));
    await board.close();
    await putOpsAccount(open.database, { name: 'rea', role: 'reader', password: await hashPassword(REA) });
  });
  afterAll(async () => {
    await open.close();
    await issuer.close();
  });

  const nameOf = ({ method, path }: Route) => `${method} ${path}`;
  /** An address of it, with something in each place. */
  const addressOf = ({ path }: Route) => path.replaceAll(/:\w+(\([^)]*\))?|\*/g, 'turns');
  const behind = () => routes.filter((route) => !OPEN.includes(nameOf(route)));
  const changing = () => routes.filter(({ method }) => method !== 'GET');
  async function sessionOf(user: string, password: string) {
    const payload = new URLSearchParams({ user, password }).toString();
    const { cookies } = await open.site.inject({ method: 'POST', url: '/login', payload, headers: FORM });
    const mine = { [cookies[0]!.name]: cookies[0]!.value };
    const { body } = await open.site.inject({ url: '/', cookies: mine });
    return { cookies: mine, csrf: /name="csrf" value="([^"]+)"/.exec(body)![1]! };
  }

  test('is found', () => {
    const names = routes.map(nameOf);
    expect(names).toEqual(expect.arrayContaining([...OPEN, 'GET /', 'GET /rooms', 'GET /rooms/:id', 'GET /queues']));
    expect(changing().length).toBeGreaterThan(5);
    expect(new Set(names).size).toBe(names.length);
  });

  test('refuses whoever has not logged in, but those that are open', async () => {
    for (const route of behind()) {
      const asked = { method: route.method, url: addressOf(route) };
      const program = await open.site.inject(asked);
      expect([nameOf(route), program.statusCode]).toEqual([nameOf(route), 401]);
      const browser = await open.site.inject({ ...asked, headers: { accept: 'text/html' } });
      expect([nameOf(route), browser.statusCode]).toEqual([nameOf(route), 302]);
      expect(browser.headers.location).toMatch(/^\/login\?to=/);
      for (const headers of [{ cookie: 'surfaces_ops=forged' }, { authorization: 'Bearer forged' }])
        expect((await open.site.inject({ ...asked, headers })).statusCode, nameOf(route)).toBe(401);
    }
  });

  test('that changes something refuses browsers without the token of a form, also operators', async () => {
    const { cookies } = await sessionOf('operator', PASSWORD);
    const { csrf: another } = await sessionOf('operator', PASSWORD);
    for (const route of changing().filter((each) => nameOf(each) !== 'POST /login'))
      for (const payload of ['', `csrf=${another}`]) {
        const asked = { method: route.method, url: addressOf(route), cookies, payload, headers: FORM };
        const answer = await open.site.inject(asked);
        expect([nameOf(route), answer.statusCode]).toEqual([nameOf(route), 403]);
        expect(answer.body).toContain('This form is too old');
      }
  });

  test('that changes something refuses readers, with a session and with a password', async () => {
    const { cookies, csrf } = await sessionOf('rea', REA);
    for (const route of changing().filter((each) => !FOR_READERS.includes(nameOf(each)))) {
      const asked = { method: route.method, url: addressOf(route) };
      const headers = { ...FORM, 'x-csrf-token': csrf };
      for (const how of [{ cookies, headers }, { headers: open.basic(REA, 'rea') }]) {
        const answer = await open.site.inject({ ...asked, ...how });
        expect([nameOf(route), answer.statusCode]).toEqual([nameOf(route), 403]);
        expect(answer.body).toContain('This takes an operator');
      }
    }
  });

  test('that changes something is nothing that another site can have sent', async () => {
    const { cookies, csrf } = await sessionOf('operator', PASSWORD);
    for (const route of changing()) {
      const headers = { ...FORM, 'x-csrf-token': csrf, 'sec-fetch-site': 'cross-site' };
      const answer = await open.site.inject({ method: route.method, url: addressOf(route), cookies, headers });
      expect([nameOf(route), answer.statusCode]).toEqual([nameOf(route), 403]);
    }
  });
});

/** Out of the tree that Fastify prints: each line goes on where its parent ends. HEAD is as GET. */
function routesIn(tree: string): Route[] {
  const parents: string[] = [];
  return tree.split('\n').flatMap((line) => {
    const [, indent, part, methods] = /^([│ ]*)[├└]── (\S+)(?: \(([A-Z, ]+)\))?/.exec(line) ?? [];
    if (indent === undefined || part === undefined) return [];
    const depth = indent.length / 4;
    const path = (parents[depth - 1] ?? '') + part;
    parents.length = depth;
    parents.push(path);
    const each = methods?.split(', ').filter((method) => method !== 'HEAD') ?? [];
    return each.map((method) => ({ method: method as Route['method'], path }));
  });
}
