import { expect, test } from 'vitest';
import { exitCode, lastLine, skipLines } from './test-totals.ts';

test('the last line and the exit code say the same', () => {
  expect(lastLine({ passed: 3, failed: 1, skipped: 2 })).toBe('3 passed, 1 failed, 2 skipped');
  expect(exitCode({ passed: 3, failed: 1, skipped: 2 })).toBe(1);
  expect(exitCode({ passed: 3, failed: 0, skipped: 2 })).toBe(0);
  expect(exitCode({ passed: 0, failed: 0, skipped: 0 })).toBe(1);
});

test('each file with skipped tests says why', () => {
  const skips = [
    { file: 'a.test.ts', name: 'one' },
    { file: 'a.test.ts', name: 'two' },
    { file: 'b.test.ts', name: 'three', why: 'no root here' },
  ];
  expect(skipLines(skips, ['Synapse'])).toEqual([
    'skipped 2 in a.test.ts: no Synapse (see above)',
    'skipped 1 in b.test.ts: no root here',
  ]);
});
