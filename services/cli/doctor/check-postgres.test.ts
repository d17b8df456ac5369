import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../../../shared/store/fresh-database.ts';
import { lookAtPostgres, serverFindings } from './check-postgres.ts';

describe('a database', () => {
  let database: FreshDatabase;
  beforeEach(async () => {
    database = await freshDatabase(1);
  });
  afterEach(() => database.drop());
  const look = (url = database.url) =>
    lookAtPostgres({ DATABASE_URL: url, SURFACES_NAMESPACE: database.namespace }, {});
  const change = (text: string) => database.run({ name: text.slice(0, 40), text });
  const texts = async () => (await look()).map(({ level, text }) => `${level}: ${text}`);

  test('of this code’s version', async () => {
    const found = await texts();
    expect(found).toContainEqual(expect.stringMatching(/^ok: version \d+.*connections in use$/));
    expect(found).toContain('ok: schema up to date, no time in it depends on a time zone');
    expect(found).toContain('ok: its clock agrees with this machine’s');
  });

  test('of an older version: the command that migrates it', async () => {
    await change(
      'DELETE FROM _prisma_migrations WHERE migration_name = (SELECT max(migration_name) FROM _prisma_migrations)',
    );
    expect(await look()).toContainEqual(
      expect.objectContaining({
        level: 'error',
        text: expect.stringContaining('older'),
        remedy: 'npm run surfaces -- migrate',
      }),
    );
  });

  test('with a time that depends on a zone', async () => {
    await change('CREATE TABLE theirs (at TIMESTAMP)');
    expect(await texts()).toContain('error: times without a time zone: theirs.at');
  });

  test('that is away', async () => {
    expect(await look('postgres://127.0.0.1:1/x')).toMatchObject([
      {
        level: 'error',
        text: expect.stringContaining('ECONNREFUSED'),
        remedy: expect.stringContaining('DATABASE_URL'),
      },
    ]);
  });
});

const WELL = {
  version: '17.2 (Debian 17.2-1)',
  encoding: 'UTF8',
  durable: true,
  standby: false,
  most: 100,
  used: 10,
  now: new Date(),
};

test.each([
  ['few connections left', { used: 90 }, 'warning', 'only 10 of 100'],
  ['being a standby', { standby: true }, 'error', 'standby'],
  ['an encoding that lacks letters', { encoding: 'SQL_ASCII' }, 'error', 'SQL_ASCII'],
  ['not waiting for its disk', { durable: false }, 'warning', 'power cut'],
])('what is wrong with a server: %s', (_, facts, level, text) =>
  expect(serverFindings({ ...WELL, ...facts }).at(-1)).toMatchObject({ level, text: expect.stringContaining(text) }),
);
