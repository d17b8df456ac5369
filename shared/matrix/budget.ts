import { gauge } from '../runtime/metrics.ts';
import { withDeadline } from '../time/time.ts';
import { BUDGET_SCRIPT } from './budget-script.ts';
import { advance, type Bucket, fullBucket, limited, type Priority, take } from './token-bucket.ts';

/** One budget of sends for the account, over all processes. */
export type Budget = {
  /** Milliseconds to wait before a send of that priority; 0: it may go, and is counted. */
  take(priority: Priority): Promise<number>;
  /** The homeserver said 429: all processes hold their sends for that long, and go on more slowly. */
  limited(retryAfterMs: number): Promise<void>;
};

/** Runs a Lua script, such as EVALSHA of Redis. */
export type RunScript = (script: string, keys: string[], args: (string | number)[]) => Promise<number[]>;

/** How long "unlimited" is believed without asking: how late another process may notice a 429. */
const BELIEVED_MS = 1_000;
const REDIS_MS = 250;

/** Of this process's account; what it was told last, carried on to now. */
let bucketNow = (): Bucket => ({ ...fullBucket, at: performance.now() });
gauge(
  'matrix_budget_rate',
  'sends a second that the account keeps to after a 429; 0 while nothing limits it',
  [],
  (rate) => {
    rate.set(bucketNow().rate);
  },
);
gauge('matrix_budget_hold_seconds', 'for how long the homeserver takes no sends yet, by its last 429', [], (hold) => {
  const { frozenUntil, at } = bucketNow();
  hold.set(Math.max(0, frozenUntil - at) / 1000);
});

/**
 * The budget in Redis. While nothing limits the account a send costs no call: the state is looked at beside the sends,
 * once a second. While Redis is away each process keeps a bucket of its own, from what it last knew.
 * @param rate the operator's sends a second, 0 for none (`SURFACES_SEND_RATE`).
 */
export function createBudget(options: { run: RunScript; key: string; rate: number; now?: () => number }): Budget {
  // Monotonic: a wall clock that is set back would hold sends, or believe, for as long as it was set back.
  const now = options.now ?? (() => performance.now());
  let local: Bucket = fullBucket;
  let believedUntil = 0;
  let sentSince = 0;
  let looking = false;
  bucketNow = () => advance(local, now(), 0, options.rate);

  async function ask(operation: 'look' | 'limited' | Priority, retryAfterMs = 0): Promise<number> {
    const sent = sentSince;
    sentSince = 0;
    local = advance(local, now(), sent, options.rate);
    try {
      const call = options.run(BUDGET_SCRIPT, [options.key], [operation, sent, options.rate, retryAfterMs]);
      const [waitMs = 0, milliRate = 0] = await withDeadline(call, REDIS_MS, () => new Error('Redis is slow'));
      const frozenUntil = operation === 'limited' || operation === 'look' ? now() + waitMs : local.frozenUntil;
      local = { ...local, rate: milliRate / 1000, frozenUntil };
      believedUntil = milliRate === 0 && waitMs === 0 ? now() + BELIEVED_MS : 0;
      return waitMs;
    } catch {
      if (operation === 'limited') local = limited(local, retryAfterMs);
      if (operation === 'limited' || operation === 'look') return 0;
      const taken = take(local, operation);
      local = taken.bucket;
      if (local.rate === 0 && taken.waitMs === 0) believedUntil = now() + BELIEVED_MS;
      return taken.waitMs;
    }
  }

  return {
    async take(priority) {
      if (believedUntil === 0) {
        const waitMs = await ask(priority);
        if (waitMs === 0) sentSince += 1;
        return waitMs;
      }
      if (now() >= believedUntil && !looking) {
        looking = true;
        void ask('look').finally(() => {
          looking = false;
        });
      }
      sentSince += 1;
      return 0;
    },
    async limited(retryAfterMs) {
      believedUntil = 0;
      await ask('limited', retryAfterMs);
    },
  };
}
