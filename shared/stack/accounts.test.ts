import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { ensureAccount, liftRateLimits, logIn, ownerOf, register, setDisplayName } from './accounts.ts';

const url = process.env.MATRIX_HOMESERVER_URL!;
const secret = process.env.TEST_REGISTRATION_SECRET!;
const fresh = (name: string) => `${name}-${randomBytes(4).toString('hex')}`;

describe.skipIf(!url || !secret)('accounts, on a real homeserver', () => {
  test('an account has the name, the device and the password that were asked for', async () => {
    const name = fresh('ann');
    const account = await register(url, secret, name, { device: 'PHONE', password: 'a b' });
    expect(account).toMatchObject({
      user_id: expect.stringMatching(`^@${name}:`),
      device_id: 'PHONE',
      password: 'a b',
    });
    expect(await ownerOf(url, account.access_token)).toMatchObject({ user_id: account.user_id, device_id: 'PHONE' });
    expect((await logIn(url, name, 'a b')).user_id).toBe(account.user_id);
  });

  test('asked for again, an account is logged in to', async () => {
    const options = { password: 'secret', device: 'BOT' };
    const name = fresh('bot');
    const first = await ensureAccount(url, secret, name, options);
    const second = await ensureAccount(url, secret, name, options);
    expect(second).toMatchObject({ user_id: first.user_id, device_id: 'BOT' });
    expect(await ownerOf(url, second.access_token)).toMatchObject({ device_id: 'BOT' });
    await expect(ensureAccount(url, secret, name, { password: 'wrong' })).rejects.toMatchObject({
      code: 'matrix_refused',
    });
  });

  test('a token of nobody has no owner', async () => {
    expect(await ownerOf(url, 'syt_nobody')).toBeUndefined();
  });

  test('an administrator lifts the limits, a bot names itself', async () => {
    const admin = await register(url, secret, fresh('admin'), { admin: true });
    const bot = await register(url, secret, fresh('bot'));
    await liftRateLimits(url, admin.access_token, bot.user_id);
    const limits = await fetch(`${url}/_synapse/admin/v1/users/${encodeURIComponent(bot.user_id)}/override_ratelimit`, {
      headers: { authorization: `Bearer ${admin.access_token}` },
    });
    expect(await limits.json()).toEqual({ messages_per_second: 0, burst_count: 0 });
    await setDisplayName(url, bot.access_token, bot.user_id, 'Surfaces');
    const profile = await fetch(`${url}/_matrix/client/v3/profile/${encodeURIComponent(bot.user_id)}`, {
      headers: { authorization: `Bearer ${bot.access_token}` },
    });
    expect(await profile.json()).toMatchObject({ displayname: 'Surfaces' });
    await expect(liftRateLimits(url, bot.access_token, bot.user_id)).rejects.toMatchObject({ code: 'matrix_refused' });
  });
});

test('a wrong secret is refused, and nobody at home is said', async () => {
  await expect(register('http://127.0.0.1:1', 'x', 'ann')).rejects.toMatchObject({ code: 'matrix_unavailable' });
  if (secret) await expect(register(url, 'wrong', fresh('ann'))).rejects.toMatchObject({ code: 'matrix_refused' });
});
