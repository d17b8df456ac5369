/**
 * The account's pace of sends, as a value. Until a 429 is seen it is unlimited, for no two homeservers have the same
 * limits and the common remedy lifts them all. A 429 freezes the account for as long as the homeserver says, and then it
 * goes on at 0.8 of what was achieved before, 2 a second at least (at half of the rate, if it had one). Without a further 429 the rate doubles
 * every 20 s, until it is so high that it limits nothing.
 */
export type Bucket = {
  /** Sends a second; 0 is unlimited. */
  readonly rate: number;
  readonly tokens: number;
  /** When `tokens` was true, milliseconds. */
  readonly at: number;
  readonly frozenUntil: number;
  /** Sends a second of late, over all processes: decays with a time constant of 5 s. */
  readonly achieved: number;
};

export type Priority = 'first' | 'middle';

export const DOUBLING_MS = 20_000;
export const ACHIEVED_MS = 5_000;
export const LEAST_RATE = 0.1;
/** The first 429 of a quiet account is no measure of what the homeserver allows: from here further ones halve it. */
export const FIRST_RATE = 2;
/** From here on the rate limits nothing: one Synapse process takes about 100 events a second. */
export const MOST_RATE = 500;
/** A middle edit leaves a token for the next first words. */
const NEEDED: Record<Priority, number> = { first: 1, middle: 2 };

export const fullBucket: Bucket = { rate: 0, tokens: 0, at: 0, frozenUntil: 0, achieved: 0 };

/** Time passes, and `sent` sends have been made since. `cap`: the operator's rate, 0 for none. */
export function advance(bucket: Bucket, now: number, sent: number, cap: number): Bucket {
  const elapsed = bucket.at === 0 ? 0 : Math.max(0, now - bucket.at);
  const achieved = bucket.achieved * Math.exp(-elapsed / ACHIEVED_MS) + (sent * 1000) / ACHIEVED_MS;
  const thawed = Math.max(0, Math.min(elapsed, now - bucket.frozenUntil));
  let rate = bucket.rate;
  if (rate > 0) {
    rate *= 2 ** (thawed / DOUBLING_MS);
    if (rate >= MOST_RATE) rate = 0;
  }
  if (cap > 0 && (rate === 0 || rate > cap)) rate = cap;
  const most = Math.max(2, rate);
  const tokens = bucket.at === 0 ? most : Math.min(most, bucket.tokens + (thawed / 1000) * rate);
  return { rate, tokens, at: now, frozenUntil: bucket.frozenUntil, achieved };
}

/** Takes one send out of an advanced bucket, or says how many milliseconds to wait for it. */
export function take(bucket: Bucket, priority: Priority): { bucket: Bucket; waitMs: number } {
  if (bucket.frozenUntil > bucket.at) return { bucket, waitMs: Math.ceil(bucket.frozenUntil - bucket.at) };
  if (bucket.rate === 0) return { bucket, waitMs: 0 };
  const needed = NEEDED[priority];
  if (bucket.tokens < needed) return { bucket, waitMs: Math.ceil(((needed - bucket.tokens) * 1000) / bucket.rate) };
  return { bucket: { ...bucket, tokens: bucket.tokens - 1 }, waitMs: 0 };
}

/** A 429 came. Further ones of the same freeze, of sends that were on their way, do not lower the rate again. */
export function limited(bucket: Bucket, retryAfterMs: number): Bucket {
  const until = Math.max(bucket.frozenUntil, bucket.at + retryAfterMs);
  if (bucket.frozenUntil > bucket.at) return { ...bucket, frozenUntil: until };
  const lowered = bucket.rate > 0 ? bucket.rate / 2 : Math.max(FIRST_RATE, bucket.achieved * 0.8);
  return { ...bucket, frozenUntil: until, rate: Math.max(LEAST_RATE, Math.min(lowered, MOST_RATE)), tokens: 1 };
}
