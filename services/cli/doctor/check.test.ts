import { expect, test } from 'vitest';
import { check } from './check.ts';
import { nodeFindings } from './check-node.ts';
import { clockFinding } from './clock.ts';

test('what hangs is given up, and said', async () => {
  const hanging = check('Proxy', [], () => new Promise(() => {}), 50);
  expect(await hanging.findings({})).toMatchObject([
    { name: 'Proxy', level: 'error', text: 'did not answer within 0.05 s' },
  ]);
});

test('what throws is a finding', async () => {
  const broken = check('Proxy', [], () => Promise.reject(new Error('it broke')));
  expect(await broken.findings({})).toMatchObject([{ level: 'error', text: 'it broke' }]);
});

test.each([
  [{}, 'REDIS_URL is not set', 'npm run up'],
  [{ SURFACES_ENV: 'production' }, 'REDIS_URL is not set', 'docs/CONFIGURATION.md'],
  [{ REDIS_URL: 'http://x' }, 'REDIS_URL is no use', 'set it'],
])('without its settings nothing is looked at: %j', async (environment, text, remedy) => {
  const looking = check('Redis', ['REDIS_URL'], () => Promise.reject(new Error('looked')));
  const [finding] = await looking.findings(environment);
  expect(finding).toMatchObject({
    level: 'error',
    text: expect.stringContaining(text),
    remedy: expect.stringContaining(remedy),
  });
});

test.each([
  [0, 'ok', 'agrees'],
  [-9_000, 'ok', 'agrees'],
  [42_000, 'warning', '42 s ahead of'],
  [-3_600_000, 'error', '3600 s behind'],
])('a clock that is %d ms ahead', (ahead, level, text) =>
  expect(clockFinding('Postgres', 'its', ahead)).toMatchObject({ level, text: expect.stringContaining(text) }),
);

test.each([
  ['22.12.0', 'error'],
  ['20.20.2', 'error'],
  ['22.18.0', 'warning'],
  ['24.21.0', 'ok'],
])('Node %s', (version, level) => expect(nodeFindings(version, false)).toMatchObject([{ level }]));
