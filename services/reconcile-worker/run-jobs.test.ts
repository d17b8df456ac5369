import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SurfacesError } from '../../shared/errors/surfaces-error.ts';
import { Readiness } from '../../shared/runtime/health.ts';
import { createLog } from '../../shared/runtime/log.ts';
import { ProgressWatch } from '../../shared/runtime/progress.ts';
import type { Job, JobContext } from './job.ts';
import { runJobs } from './run-jobs.ts';

const soon = { timeout: 10_000, interval: 10 };
const LOOK_MS = 1_000;
let readiness: Readiness;
let failures: unknown[];
let watch: ProgressWatch;
let stopping: AbortController;
let now: number;
beforeEach(() => {
  readiness = new Readiness([]);
  failures = [];
  // It looks when the test says so.
  watch = new ProgressWatch(readiness, (error) => failures.push(error), LOOK_MS);
  watch.stop();
  stopping = new AbortController();
  now = performance.now();
});
afterEach(() => stopping.abort());

function start(run: Job['run'], more: Partial<Job> = {}): { readonly runs: () => number; redisBack(): void } {
  let runs = 0;
  const counted: Job['run'] = (context) => {
    runs += 1;
    return run(context);
  };
  const job = { name: 'sweep', everyMs: 20, afterRedis: false, run: counted, ...more };
  // What the jobs of this test work with is nothing but the log.
  const context = { log: createLog('silent', {}), stopping: stopping.signal } as JobContext;
  const { redisBack } = runJobs([job], context, (what, limits) => watch.of(what, limits));
  return { runs: () => runs, redisBack };
}
const pass = (seconds: number) => {
  for (let second = 0; second < seconds; second += 1) {
    now += LOOK_MS;
    watch.look(now);
  }
};
const problems = () => readiness.reasons().map(({ need, problem }) => `${need} ${problem}`);

describe('a job', () => {
  test('that runs again and again is well, whatever the hour', async () => {
    const { runs } = start(async () => {});
    for (let hour = 1; hour <= 3; hour += 1) {
      const before = runs();
      await expect.poll(runs, soon).toBeGreaterThan(before + 1);
      pass(50);
    }
    expect({ problems: problems(), failures }).toEqual({ problems: [], failures: [] });
  });

  test('that fails for long is named with its reason, and nothing is restarted for it', async () => {
    const { runs } = start(async () => {
      throw new SurfacesError('database_unavailable', 'Postgres does not answer');
    });
    for (let minute = 1; minute <= 6; minute += 1) {
      const before = runs();
      await expect.poll(runs, soon).toBeGreaterThan(before + 1);
      pass(60);
    }
    expect(problems()[0]).toMatch(/^job sweep has not moved for \d+ s: database_unavailable/);
    expect(failures).toEqual([]);
  });

  test('that never comes back is named, and ends the process', async () => {
    const { runs } = start(() => new Promise(() => {}));
    await expect.poll(runs, soon).toBe(1);
    pass(50);
    expect(problems()).toEqual([]);
    pass(20);
    expect(problems()[0]).toMatch(/^job sweep has not moved/);
    expect(failures).toEqual([]);
    pass(120);
    expect(failures).toEqual([expect.objectContaining({ code: 'stalled' })]);
  });

  test('that is to run after Redis runs when it is back, and a little later for what was lost meanwhile', async () => {
    const { runs, redisBack } = start(async () => {}, { everyMs: 3_600_000, afterRedis: true });
    await expect.poll(runs, soon).toBe(1);
    redisBack();
    await expect.poll(runs, soon).toBe(2);
    await expect.poll(runs, soon).toBe(3);
  });

  test('that takes long and gets on is well', async () => {
    let moved = () => {};
    const { runs } = start((context) => {
      moved = context.moved;
      return new Promise(() => {});
    });
    await expect.poll(runs, soon).toBe(1);
    for (let minutes = 0; minutes < 60; minutes += 1) {
      pass(50);
      moved();
    }
    expect({ problems: problems(), failures }).toEqual({ problems: [], failures: [] });
  });

  test('that is seldom has time until it has missed several of its turns', async () => {
    const { runs } = start(async () => {}, { everyMs: 3_600_000 });
    await expect.poll(runs, soon).toBe(1);
    pass(3 * 3_600);
    expect(problems()).toEqual([]);
    pass(120);
    expect(problems()[0]).toMatch(/^job sweep/);
  });
});
