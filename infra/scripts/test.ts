import { createVitest, parseCLI } from 'vitest/node';
import { exitCode, lastLine, skipLines, TestTotals } from './test-totals.ts';

const USAGE = `npm test [-- FILTER … [-t NAME] [--project unit|e2e|containers]]

Runs the tests whose path contains a FILTER (all, without one): unit and integration tests, then e2e/. Postgres, Redis
and Synapse are started for the run, unless DATABASE_URL, REDIS_URL, or MATRIX_HOMESERVER_URL with
TEST_REGISTRATION_SECRET name others.
The last line is “N passed, N failed, N skipped”; the exit code is 0 only if something ran and nothing failed.
`;

const args = process.argv.slice(2);
if (args.includes('--help') || args.includes('-h')) {
  process.stdout.write(USAGE);
  process.exit(0);
}
const { filter, options } = parseCLI(['vitest', 'run', ...args]);
const counted = new TestTotals();
const vitest = await createVitest({ ...options, watch: false, reporters: ['default', counted] });
try {
  await vitest.start([...filter]);
} catch (error) {
  counted.totals.failed++;
  process.stderr.write(`${(error as Error).message}\n`);
}
await vitest.close();
const missing = process.env.SURFACES_TEST_MISSING?.split(' ').filter(Boolean) ?? [];
for (const line of skipLines(counted.skips, missing)) process.stdout.write(`${line}\n`);
process.stdout.write(`${lastLine(counted.totals)}\n`);
process.exit(exitCode(counted.totals));
