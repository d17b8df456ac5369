import { afterAll, beforeAll, expect, test } from 'vitest';
import { percentile } from '../bench/percentile.ts';
import { type Seen, StreamingLoad, wholeAnswer } from './streaming-load.ts';
import { type Resident, TestStack } from './test-stack.ts';
import { untilTrue } from './until-true.ts';

const ROOMS = 8;
/** Of 6.4 s: a worker that did not hand them over would still be at them when it has to end. */
const WORDS = 160;
/** The bench measures how small it is; here it is only to be bounded, also on a machine with much other work. */
const SANE_GAP_MS = 15_000;

const stack = new TestStack({
  scale: { ingress: 2, 'command-worker': 2, 'attachment-worker': 2, 'turn-worker': 2 },
  env: { AGENT_DRAIN: '20s' },
});
let residents: Resident[];
beforeAll(async () => {
  await stack.up();
  residents = await Promise.all(Array.from({ length: ROOMS }, (_, index) => stack.atHome(`rolling${index}`)));
}, 240_000);
afterAll(() => stack.end(), 60_000);

/** Answers stream in all rooms while `work` is done; all of them are to be as if nothing had happened. */
async function whileAllStream(what: string, work: () => Promise<void>): Promise<void> {
  const load = new StreamingLoad(residents, WORDS);
  await load.untilAllStream();
  const began = performance.now();
  await work();
  const tookMs = performance.now() - began;
  const seen = await load.end();
  console.log(`${what} in ${Math.round(tookMs)} ms: ${figures(seen)}`);
  for (const answer of seen.answers) expect(answer).toMatchObject({ text: wholeAnswer(WORDS), state: 'done' });
  for (const { parts } of seen.answers) expect(parts).toHaveLength(1);
  expect(residents.flatMap((resident) => resident.breaches())).toEqual([]);
  expect(Math.max(...seen.gaps)).toBeLessThan(SANE_GAP_MS);
}

function figures({ answers, gaps, waits }: Seen): string {
  const of = (values: readonly number[], share: number) => Math.round(percentile(values, share));
  const shares = [0.5, 0.99, 1] as const;
  const show = (values: readonly number[]) => shares.map((share) => of(values, share)).join(' / ');
  return `${answers.length} answers; p50 / p99 / most between changes ${show(gaps)} ms, to first words ${show(waits)} ms`;
}

const pidsOf = (role: string) =>
  stack.stack.roles
    .filter((each) => each.role === role)
    .toSorted((one, other) => one.index - other.index)
    .map(({ pid }) => pid);

function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch {
    return true;
  }
}

test('all roles are restarted one after the other, and nobody notices more than a pause', async () => {
  const before = stack.stack.roles;
  await whileAllStream('rolled', async () => {
    const { code, output } = await stack.surfaces('restart', '--rolling');
    expect(code, output).toBe(0);
    for (const { role, index } of before) expect(output).toContain(`${role}-${index}`);
  });
  const after = stack.stack.roles;
  expect(after.map(({ role, index }) => `${role} ${index}`)).toEqual(
    before.map((each) => `${each.role} ${each.index}`),
  );
  for (const { pid, role, index } of before) {
    expect(isGone(pid)).toBe(true);
    const log = stack.log(role, index);
    const stopped = { ended: log.includes('"code":0,"msg":"stopped"'), inTime: !log.includes('left to recovery') };
    expect({ role, index, ...stopped }).toEqual({ role, index, ended: true, inTime: true });
  }
});

test('workers are added and taken away, and their turns go on elsewhere', async () => {
  const [first, second] = pidsOf('turn-worker');
  await whileAllStream('scaled', async () => {
    await scale(3);
    expect(pidsOf('turn-worker')).toEqual([first, second, expect.any(Number)]);
    const [, , third] = pidsOf('turn-worker');
    await untilTrue('the third to have a turn', async () => (await turnsOf(third!)) > 0);
    await scale(1);
    expect(pidsOf('turn-worker')).toEqual([first]);
    for (const pid of [second!, third!]) expect(isGone(pid)).toBe(true);
  });
  await scale(2);
  expect(pidsOf('turn-worker')).toEqual([first, expect.any(Number)]);
});

async function scale(count: number): Promise<void> {
  const { code, output } = await stack.surfaces('up', '--scale', `turn-worker=${count}`, '--detach');
  expect(code, output).toBe(0);
}

/** Wakes that a process works on now. */
async function turnsOf(pid: number): Promise<number> {
  const { url } = stack.stack.roles.find((role) => role.pid === pid)!;
  const metrics = await (await fetch(`${url}/metrics`)).text();
  return Number(/^surfaces_wakes_running\{[^}]*\} (\d+)/m.exec(metrics)?.[1]);
}

test('restart says what it can restart', async () => {
  const wrong = await stack.surfaces('restart', 'turnworker');
  expect(wrong).toMatchObject({ code: 64, output: expect.stringContaining('turn-worker') });
  const [old] = pidsOf('ops');
  expect(await stack.surfaces('restart', 'ops')).toMatchObject({ code: 0, output: expect.stringContaining('ops-1') });
  expect(pidsOf('ops')).not.toEqual([old]);
});
