import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Readiness } from './health.ts';
import { ProgressWatch } from './progress.ts';
import { type RoleProcess, startRoleProcess } from './test-process.ts';

const LIMITS = { unreadyMs: 20_000, endMs: 60_000 };
const LOOK_MS = 1_000;

describe('work that has to move', () => {
  let readiness: Readiness;
  let failures: unknown[];
  let watch: ProgressWatch;
  let now: number;
  beforeEach(() => {
    readiness = new Readiness([]);
    failures = [];
    watch = new ProgressWatch(readiness, (error) => failures.push(error), LOOK_MS);
    now = performance.now();
  });
  afterEach(() => watch.stop());
  const pass = (seconds: number) => {
    for (let second = 0; second < seconds; second += 1) {
      now += LOOK_MS;
      watch.look(now);
    }
  };
  const problems = () => readiness.reasons().map(({ need, problem }) => `${need} ${problem}`);

  test('and does not is said, and ends the process at last, once', () => {
    watch.of('the mill', LIMITS).begun();
    pass(15);
    expect(problems()).toEqual([]);
    pass(10);
    expect(problems()).toEqual([expect.stringMatching(/^the mill has not moved for 2\d s$/)]);
    expect(watch.healthy()).toBe(true);
    pass(60);
    expect(failures).toEqual([expect.objectContaining({ code: 'stalled' })]);
    expect(watch.healthy()).toBe(false);
  });

  test('and moves again is ready again', () => {
    const mill = watch.of('the mill', LIMITS);
    mill.begun();
    pass(30);
    mill.moved();
    pass(1);
    expect(problems()).toEqual([]);
    pass(50);
    expect(failures).toEqual([]);
  });

  test('and fails each time is not ready, with the reason, and is not restarted for it', () => {
    const mill = watch.of('the mill', LIMITS);
    mill.begun();
    for (let tries = 0; tries < 100; tries += 1) {
      pass(2);
      mill.failed('no wind');
    }
    expect(problems()[0]).toMatch(/^the mill has not moved for \d+ s: no wind$/);
    expect(failures).toEqual([]);
  });

  test('is not there: nothing is said, whatever moves late', () => {
    const mill = watch.of('the mill', LIMITS);
    pass(100);
    mill.begun();
    mill.idle();
    mill.moved();
    mill.failed('no wind');
    pass(100);
    expect(problems()).toEqual([]);
    expect(failures).toEqual([]);
  });

  test('of a process that was stopped, or whose machine slept, has not been silent', () => {
    watch.of('the mill', LIMITS).begun();
    for (let nights = 1; nights <= 5; nights += 1) watch.look(now + nights * 8 * 3_600_000);
    expect(problems()).toEqual([]);
  });
});

describe('a role', () => {
  let role: RoleProcess;
  beforeEach(async () => {
    role = await startRoleProcess(new URL('test-role.ts', import.meta.url));
    await expect.poll(role.needs, { timeout: 10_000 }).toEqual(['friend']);
  });
  afterEach(() => {
    role.child.kill('SIGKILL');
  });

  test('that waits for something is live and has started, and says what it waits for', async () => {
    expect(await role.get('/live')).toEqual({ status: 200, body: { live: true } });
    expect(await role.get('/startup')).toEqual({ status: 200, body: { started: true } });
    expect(await role.get('/ready')).toEqual({
      status: 503,
      body: { ready: false, reasons: [{ need: 'friend', problem: 'has not\ncome yet', since: expect.any(String) }] },
    });
    await role.get('/meet');
    expect(await role.get('/ready')).toEqual({ status: 200, body: { ready: true, reasons: [] } });
  });

  test('whose work stands still says so, and then ends with 1 and a line in its log', async () => {
    await role.get('/meet');
    await role.get('/stall');
    await expect.poll(role.needs, { timeout: 10_000, interval: 100 }).toEqual(['the mill']);
    expect(await role.exit).toBe(1);
    expect(role.output()).toMatch(/"level":"fatal".*stalled: the mill: has not moved for \d+ s/);
  });
});

test('the start of a role is not done before it is', () => {
  const readiness = new Readiness(['start', 'database']);
  expect(readiness.isStarted).toBe(false);
  readiness.met('start');
  expect(readiness.isStarted).toBe(true);
  expect(readiness.reasons()).toHaveLength(1);
});
