import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createMatrixHttp, type MatrixHttp, path } from '../../../../shared/matrix/http.ts';
import { HOMESERVER, newPerson, type TestPerson } from '../../../../shared/matrix/test-people.ts';
import { type Account, register } from '../../../../shared/stack/accounts.ts';
import type { Finding } from '../finding.ts';
import { lookAtHomeserver } from './look-at-homeserver.ts';

type Given = { token?: string; production?: boolean; maxFile?: number };

describe.skipIf(HOMESERVER === undefined)('at a real homeserver', () => {
  let bot: TestPerson;
  let admin: Account;
  let asAdmin: MatrixHttp;
  beforeAll(async () => {
    bot = await newPerson('bot', { bot: true });
    admin = await register(HOMESERVER!, process.env.TEST_REGISTRATION_SECRET!, `admin-${Date.now()}`, { admin: true });
    asAdmin = createMatrixHttp({ baseUrl: HOMESERVER!, accessToken: admin.access_token });
  });
  afterAll(async () => {
    await bot.http.close();
    await asAdmin.close();
  });

  async function look({ token = bot.accessToken, production = false, maxFile = 1_000 }: Given = {}) {
    const env = {
      MATRIX_HOMESERVER_URL: HOMESERVER!,
      MATRIX_ACCESS_TOKEN: token,
      SURFACES_MAX_FILE_BYTES: maxFile,
      SURFACES_ENV: production ? 'production' : 'development',
    } as const;
    return lookAtHomeserver(env, { SURFACES_MAX_FILE_BYTES: String(maxFile) });
  }
  const named = (found: readonly Finding[], name: string) => found.filter((finding) => finding.name === name).at(-1);
  const post = (http: MatrixHttp, where: string, body: unknown) =>
    http.request<{ access_token: string }>({ kind: 'test', method: 'POST', path: where, body });
  const limits = (messages_per_second: number, burst_count: number) =>
    post(asAdmin, path`/_synapse/admin/v1/users/${bot.userId}/override_ratelimit`, {
      messages_per_second,
      burst_count,
    });

  test('where all is well, everything is ok', async () => {
    const found = await look({ production: true });
    expect(found.filter(({ level }) => level !== 'ok')).toEqual([]);
    expect(found.map(({ text }) => text).join()).toMatch(/Synapse\/1\.\d+/);
    expect(new Set(found.map(({ name }) => name))).toEqual(
      new Set(['Homeserver', 'Account', 'Limits', 'Files', 'Rooms', 'Encryption', 'Push']),
    );
  });

  test('a limit is found, and the command that is shown lifts it', async () => {
    await limits(1, 10);
    const limited = named(await look(), 'Limits')!;
    expect(limited).toMatchObject({ level: 'warning', text: expect.stringContaining('fewer than 14 sends') });
    const command = limited.remedy!.split('\n').at(-1)!;
    const [, body, url] = / -d '(.*)' '(.*)'$/.exec(command)!;
    const headers = { authorization: `Bearer ${admin.access_token}`, 'content-type': 'application/json' };
    expect(command).toMatch(/^\$ curl -X POST -H "Authorization: Bearer \$ADMIN_TOKEN" /);
    expect((await fetch(url!, { method: 'POST', headers, body: body! })).status).toBe(200);
    expect(named(await look(), 'Limits')).toMatchObject({ level: 'ok' });
    const left = await bot.http.request({ kind: 'test', method: 'GET', path: '/_matrix/client/v3/joined_rooms' });
    expect(left).toEqual({ joined_rooms: [] });
  }, 60_000);

  test('a token without a device, which roles refuse in production', async () => {
    const { access_token: token } = await post(asAdmin, path`/_synapse/admin/v1/users/${bot.userId}/login`, {});
    expect(named(await look({ token }), 'Account')).toMatchObject({ level: 'warning' });
    expect(named(await look({ token, production: true }), 'Account')).toMatchObject({ level: 'error' });
  });

  test('a token that is none: nothing else is asked', async () => {
    const found = await look({ token: 'syt_none' });
    expect(found.at(-1)).toMatchObject({
      name: 'Account',
      level: 'error',
      text: expect.stringContaining('matrix_token_invalid'),
    });
  });

  test('files that are to be larger than it takes', async () => {
    const found = named(await look({ maxFile: 1e12 }), 'Files');
    expect(found).toMatchObject({ level: 'warning', remedy: expect.stringMatching(/SURFACES_MAX_FILE_BYTES=\d+$/) });
  });

  test('an account that somebody uses with a client: a pusher, and a device with keys', async () => {
    await post(bot.http, '/_matrix/client/v3/pushers/set', {
      ...{
        kind: 'http',
        app_id: 'org.example',
        pushkey: 'a',
        app_display_name: 'An app',
        device_display_name: 'Ann’s phone',
      },
      ...{ lang: 'en', data: { url: 'https://push.example.org/_matrix/push/v1/notify' } },
    });
    const keys = { algorithms: [], keys: { [`ed25519:${bot.deviceId}`]: 'a' }, signatures: {} };
    await post(bot.http, '/_matrix/client/v3/keys/upload', {
      device_keys: { user_id: bot.userId, device_id: bot.deviceId, ...keys },
    });
    const found = await look();
    expect(named(found, 'Push')).toMatchObject({ level: 'warning', text: expect.stringContaining('Ann’s phone') });
    expect(named(found, 'Encryption')).toMatchObject({ level: 'warning', text: expect.stringContaining(bot.deviceId) });
  });
});
