import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runSurfaces } from '../../../e2e/run-surfaces.ts';
import { HOMESERVER, newPerson, type TestPerson } from '../../../shared/matrix/test-people.ts';
import { type FreshDatabase, freshDatabase } from '../../../shared/store/fresh-database.ts';
import type { Finding } from './finding.ts';
import { findingText, summaryText } from './findings-text.ts';

let database: FreshDatabase;
let bot: TestPerson | undefined;
const folder = mkdtempSync(join(tmpdir(), 'surfaces-doctor-'));
beforeAll(async () => {
  database = await freshDatabase(1);
  bot = HOMESERVER === undefined ? undefined : await newPerson('bot', { bot: true });
});
afterAll(async () => {
  await database.drop();
  await bot?.http.close();
});

test.skipIf(HOMESERVER === undefined)(
  'without a stack, it looks at what the environment alone names',
  async () => {
    const run = runSurfaces(['doctor', '--json'], {
      SURFACES_HOME: join(folder, 'none'),
      SURFACES_ENV: 'production',
      SURFACES_NAMESPACE: database.namespace,
      SURFACES_ALLOW: '*',
      DATABASE_URL: database.url,
      REDIS_URL: process.env.REDIS_URL,
      MATRIX_HOMESERVER_URL: HOMESERVER,
      MATRIX_ACCESS_TOKEN: bot!.accessToken,
      AGENT_URL: 'ws://127.0.0.1:1',
      AGENT_TOKEN: 'sesame',
      AGENTS_DIR: folder,
      SURFACES_MAX_EDIT: '3',
    });
    expect(await run.ended).toBe(1);
    expect(run.output).not.toContain('sesame');
    const found: Finding[] = JSON.parse(run.stdout);
    const of = (level: Finding['level']) => [
      ...new Set(found.filter((each) => each.level === level).map(({ name }) => name)),
    ];
    // What is not set (the operator’s page), what does not answer, what is mistyped, what is open to all; the rest is well.
    expect(of('error')).toEqual(['Settings', 'Agent']);
    expect(found.filter(({ name }) => name === 'Settings').map(({ text }) => text)).toEqual([
      expect.stringContaining('OPS_USER is not set'),
      expect.stringContaining('OPS_PASSWORD is not set'),
      expect.stringContaining('did you mean SURFACES_MAX_EDITS?'),
    ]);
    expect(of('ok')).toEqual(
      expect.arrayContaining(['Node', 'Postgres', 'Redis', 'Homeserver', 'Account', 'Limits', 'Volume']),
    );
  },
  60_000,
);

test('a finding is read in a terminal of 100 columns, and its command copied whole', () => {
  const command = `curl ${'x'.repeat(200)}`;
  const text = findingText(
    { name: 'Limits', level: 'warning', text: 'word '.repeat(40), remedy: `${'do '.repeat(50)}\n$ ${command}` },
    false,
  );
  const lines = text.trimEnd().split('\n');
  expect(lines.pop()!.trim()).toBe(command);
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(100);
  expect(lines[0]).toMatch(/^ {2}! Limits {6}word/);
});

test.each([
  [['ok'], 'All that surfaces needs is well;'],
  [['ok', 'warning'], '1 should be changed.'],
  [['error', 'warning', 'error'], '2 things are wrong, 1 should be changed.'],
] as const)('%j is summed up', (levels, text) => {
  expect(summaryText(levels.map((level) => ({ name: '', level, text: '' })))).toContain(text);
});
