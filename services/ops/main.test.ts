import { afterEach, describe, expect, test } from 'vitest';
import { startRoleProcess } from '../../shared/runtime/test-process.ts';
import { type FreshDatabase, freshDatabase } from '../../shared/store/fresh-database.ts';

const MAIN = new URL('./main.ts', import.meta.url);
/** Nobody listens there. */
const AWAY = 'http://127.0.0.1:9';

describe.skipIf(!process.env.DATABASE_URL)('the role ops', () => {
  const ends: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });
  async function start(more: Record<string, string>) {
    const database: FreshDatabase = await freshDatabase(1);
    ends.push(() => database.drop());
    const matrix = { MATRIX_HOMESERVER_URL: AWAY, MATRIX_ACCESS_TOKEN: 'of a test' };
    const login = { OPS_USER: 'operator', OPS_PASSWORD: 'correct horse' };
    const given = { SURFACES_NAMESPACE: database.namespace, ...matrix, ...login };
    const role = await startRoleProcess(MAIN, { ...given, OPS_OIDC_CLIENT_ID: 'a', OPS_OIDC_URL: AWAY, ...more });
    ends.push(async () => {
      role.child.kill('SIGTERM');
      await role.exit;
    });
    return role;
  }
  const OIDC = { OPS_OIDC_ISSUER: AWAY, OPS_OIDC_CLIENT_SECRET: 'of a test' };

  test('is there while the issuer of its logins is away, and says so to who asks for it', async () => {
    const role = await start({ ...OIDC, OPS_OIDC_READERS: '*' });
    await expect.poll(role.needs, { timeout: 20_000 }).toEqual([]);
    const page = async (path: string) => fetch(`${role.url}${path}`, { headers: { accept: 'text/html' } });
    expect(await (await page('/login')).text()).toContain('Log in through 127.0.0.1:9');
    const away = await page('/login/oidc');
    expect([away.status, await away.text()]).toEqual([503, expect.stringContaining('does not answer')]);
    expect(
      (await fetch(role.url, { headers: { authorization: `Basic ${btoa('operator:correct horse')}` } })).status,
    ).toBe(200);
  });

  test('does not start where nobody could come in by the way that is configured', async () => {
    const role = await start(OIDC);
    expect(await role.exit).toBe(78);
    expect(role.output()).toContain('OPS_OIDC_OPERATORS and OPS_OIDC_READERS are both empty');
  });
});
