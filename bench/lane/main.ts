import { benchLane, type LaneFigures } from './bench-lane.ts';

// node bench/lane/main.ts [--json]: needs DATABASE_URL and REDIS_URL.
const { DATABASE_URL, REDIS_URL } = process.env;
if (!DATABASE_URL || !REDIS_URL) throw new Error('set DATABASE_URL and REDIS_URL');
const figures = await benchLane(DATABASE_URL, REDIS_URL);
console.log(process.argv.includes('--json') ? JSON.stringify(figures) : table(figures));
process.exit(0);

function table(found: LaneFigures): string {
  const rows: [string, string, string][] = [
    ['messages through a lane', `${found.messages.toFixed(0)} /s`, ''],
    ['plain commits', `${found.commits.toFixed(0)} /s`, `${(found.commits / found.messages).toFixed(1)} for a message`],
    [
      'plain BullMQ jobs',
      `${found.queueJobs.toFixed(0)} /s`,
      `${(found.queueJobs / found.messages).toFixed(1)} for a message`,
    ],
    [
      'SQL statements a message',
      found.sqlPerMessage.toFixed(2),
      found.sqlPerMessage <= 3 ? '✓ at most 3' : '✗ at most 3',
    ],
    ['and of its page', found.sqlOfPage.toFixed(2), ''],
    [
      'Redis calls a message',
      found.redisPerMessage.toFixed(2),
      found.redisPerMessage <= 3 ? '✓ at most 3' : '✗ at most 3',
    ],
    ['wake → start, p50', `${found.startP50.toFixed(1)} ms`, found.startP50 < 10 ? '✓ under 10' : '✗ under 10'],
    ['wake → start, p95', `${found.startP95.toFixed(1)} ms`, ''],
  ];
  return rows.map(([what, figure, note]) => `${what.padEnd(28)}${figure.padStart(12)}   ${note}`).join('\n');
}
