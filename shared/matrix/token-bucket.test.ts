import fc from 'fast-check';
import { expect, test } from 'vitest';
import { advance, type Bucket, fullBucket, limited, take } from './token-bucket.ts';

/** Sends as fast as the bucket lets, for some seconds; answers how many went. */
function drain(bucket: Bucket, fromMs: number, seconds: number): { sent: number; bucket: Bucket } {
  let sent = 0;
  let now = fromMs;
  let current = bucket;
  while (now < fromMs + seconds * 1000) {
    const taken = take(advance(current, now, 0, 0), 'first');
    current = taken.bucket;
    if (taken.waitMs === 0) sent += 1;
    now += Math.max(taken.waitMs, 1);
  }
  return { sent, bucket: current };
}

test('is unlimited until a 429', () => {
  let bucket = advance(fullBucket, 1_000, 0, 0);
  for (let index = 0; index < 1_000; index++) {
    const taken = take(bucket, 'middle');
    expect(taken.waitMs).toBe(0);
    bucket = taken.bucket;
  }
});

test('a 429 freezes, then goes on at 0.8 of what was achieved, and comes back slowly', () => {
  let bucket = fullBucket;
  for (let second = 1; second <= 30; second++) bucket = advance(bucket, second * 1_000, 50, 0);
  bucket = limited(bucket, 2_000);
  expect(take(bucket, 'first').waitMs).toBe(2_000);
  expect(bucket.rate).toBeGreaterThan(35);
  expect(bucket.rate).toBeLessThan(50);
  const first = drain(bucket, 32_000, 10);
  expect(first.sent / 10).toBeGreaterThan(35);
  expect(first.sent / 10).toBeLessThan(60);
  expect(advance(bucket, 32_000 + 20_000, 0, 0).rate).toBeCloseTo(bucket.rate * 2, 0);
  expect(advance(bucket, 32_000 + 120_000, 0, 0).rate).toBe(0);
});

test('several 429s of one freeze lower the rate once; a later one halves it', () => {
  const start = limited(advance(advance(fullBucket, 1_000, 0, 0), 2_000, 100, 0), 1_000);
  expect(limited(start, 1_500).rate).toBe(start.rate);
  expect(limited(start, 1_500).frozenUntil).toBe(3_500);
  const later = advance(start, 3_001, 0, 0);
  expect(limited(later, 500).rate).toBeCloseTo(later.rate / 2);
});

test('middle edits leave a token to first words', () => {
  const bucket: Bucket = { ...fullBucket, rate: 1, tokens: 1.5, at: 1_000 };
  expect(take(bucket, 'middle').waitMs).toBe(500);
  expect(take(bucket, 'first').waitMs).toBe(0);
});

test('the operator’s rate holds from the start', () => {
  const { sent } = drain({ ...advance(fullBucket, 1_000, 0, 5), rate: 5 }, 1_000, 1);
  expect(sent).toBeLessThanOrEqual(11);
  expect(advance(fullBucket, 1_000, 0, 5).rate).toBe(5);
});

test('never waits for ever, whatever happens to it', () => {
  const step = fc.record({
    dt: fc.nat(60_000),
    sent: fc.nat(500),
    retry: fc.option(fc.nat(10_000)),
    first: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.constantFrom(0, 0.5, 20), (steps, cap) => {
      let bucket = fullBucket;
      let now = 1_000;
      for (const { dt, sent, retry, first } of steps) {
        now += dt;
        bucket = advance(bucket, now, sent, cap);
        if (retry !== null) bucket = limited(bucket, retry);
        const taken = take(bucket, first ? 'first' : 'middle');
        bucket = taken.bucket;
        expect(taken.waitMs).toBeLessThanOrEqual(30_000);
        expect(bucket.tokens).toBeGreaterThanOrEqual(0);
      }
    }),
  );
});
