import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { displayName } from '../../shared/matrix/account.ts';
import { path } from '../../shared/matrix/http.ts';
import { newPerson, type TestPerson } from '../../shared/matrix/test-people.ts';
import { type FreshDatabase, freshDatabase } from '../../shared/store/fresh-database.ts';
import { setUpProfile } from './profile.ts';

let database: FreshDatabase;
let bot: TestPerson;
beforeAll(async () => {
  database = await freshDatabase();
  bot = await newPerson('bot', { bot: true });
});
afterAll(async () => {
  await bot.http.close();
  await database.drop();
});

const avatarOf = async () =>
  (
    await bot.http.request<{ avatar_url?: string }>({
      kind: 'test',
      method: 'GET',
      path: path`/_matrix/client/v3/profile/${bot.userId}/avatar_url`,
    })
  ).avatar_url;

test('the bot gets its name and picture once, also from several workers at once; later changes by hand stay', async () => {
  const deps = { database, http: bot.http, self: bot.userId };
  const profile = { name: 'Helper', avatar: 'infra/assets/avatar.png' };
  const pictures = await Promise.all([setUpProfile(profile, deps), setUpProfile(profile, deps)]);
  expect(pictures[0]).toMatch(/^mxc:/);
  expect(await displayName(bot.http, bot.userId)).toBe('Helper');
  expect(pictures).toContain(await avatarOf());

  await bot.http.request({
    kind: 'test',
    method: 'PUT',
    path: path`/_matrix/client/v3/profile/${bot.userId}/displayname`,
    body: { displayname: 'By hand' },
  });
  const again = await setUpProfile(profile, deps);
  expect(pictures).toContain(again);
  expect(await displayName(bot.http, bot.userId)).toBe('By hand');
  await setUpProfile({ ...profile, name: 'Other' }, deps);
  expect(await displayName(bot.http, bot.userId)).toBe('Other');
  expect(await setUpProfile({ name: 'Other', avatar: 'none' }, deps)).toBeUndefined();
});

test('a picture that is none is an error of the configuration', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'surfaces-test-')), 'a.png');
  writeFileSync(file, 'no picture');
  const deps = { database, http: bot.http, self: bot.userId };
  for (const avatar of [file, '/nowhere.png'])
    await expect(setUpProfile({ name: 'x', avatar }, deps)).rejects.toMatchObject({ code: 'config_invalid' });
});
