import { StreamingLoad } from '../e2e/streaming-load.ts';
import { type Resident, TestStack } from '../e2e/test-stack.ts';
import { untilTrue } from '../e2e/until-true.ts';
import type { Figure } from './figures.ts';
import { percentile } from './percentile.ts';
import { cpuSeconds } from './process-cost.ts';
import { benchFailover } from './scale/bench-failover.ts';
import { busyOfCores } from './scale/busy-of-cores.ts';
import { turnsServed } from './scale/turns-served.ts';

/** Turns that one worker holds at once: so few that its slots are the limit, and not the cores of one machine. */
const SLOTS = 2;
/** More than four workers have slots for. */
const ROOMS = 10;
const COUNTS = [1, 2, 4] as const;
/** An answer of four seconds of the agent's time, of which it thinks for two. */
const ANSWER = { words: 50, pace: 40, first: 2_000 };

/** What is seen while so many turn workers serve; rates a minute, times in milliseconds. */
type Phase = {
  readonly count: number;
  readonly answers: number;
  readonly perMinute: number;
  readonly words: readonly number[];
  readonly cpuPerAnswer: number;
  readonly busy: number;
};
type Window = Pick<Phase, 'count' | 'cpuPerAnswer' | 'busy'> & { readonly from: number; readonly to: number };

/** The same load before 1, 2 and 4 turn workers, started one after the other under it; then the end of the active ingress. */
export async function benchScale(
  { rounds, kills, freezes }: { rounds: number; kills: number; freezes: number },
  say: (text: string) => void,
): Promise<Figure[]> {
  const stack = new TestStack({ env: { SURFACES_CONCURRENCY: String(SLOTS) } });
  try {
    await stack.up();
    const residents = await Promise.all(Array.from({ length: ROOMS }, (_, index) => stack.atHome(`scale${index}`)));
    const figures = await underLoad(stack, residents, rounds, say);
    say('two ingresses');
    return [...figures, ...(await benchFailover(stack, residents[0]!, kills, freezes))];
  } finally {
    await stack.end();
  }
}

async function underLoad(
  stack: TestStack,
  residents: readonly Resident[],
  rounds: number,
  say: (text: string) => void,
): Promise<Figure[]> {
  const load = new StreamingLoad(residents, ANSWER.words, ANSWER);
  const windows: Window[] = [];
  let lastScaled = 0;
  for (const count of COUNTS) {
    say(`${count} turn workers`);
    await stack.operate('up', '--scale', `turn-worker=${count}`, '--detach');
    lastScaled = Date.now();
    // What waits is as long as these workers make it only once every room has been answered by them.
    await until(load, load.answered + ROOMS + count * SLOTS);
    windows.push(await measured(stack, load, count, rounds * count * SLOTS));
  }
  const { answers, waits } = await load.end();
  const phases = windows.map(({ from, to, ...window }): Phase => {
    const inside = (at: number) => from <= at && at < to;
    const ended = answers.filter(({ finalAt }) => inside(finalAt!)).length;
    const words = waits.filter((_, index) => inside(answers[index]!.firstAt!));
    return { ...window, answers: ended, perMinute: (ended * 60_000) / (to - from), words };
  });
  const breaches = residents.flatMap((resident) => resident.breaches());
  const served = turnsServed(
    stack.home,
    answers.map(({ question }) => question),
    { since: lastScaled, workers: COUNTS.at(-1)! },
  );
  return [...phases.flatMap(figuresOf), ...ratios(phases), ...onceEach(answers.length, breaches.length, served)];
}

async function measured(stack: TestStack, load: StreamingLoad, count: number, answers: number): Promise<Window> {
  const pids = stack.stack.roles.map(({ pid }) => pid);
  const cpu = () => cpuSeconds(...pids);
  const before = { answered: load.answered, cpu: cpu(), busy: busyOfCores(), at: performance.now() };
  await until(load, before.answered + answers);
  const { share } = busyOfCores(before.busy);
  return {
    count,
    cpuPerAnswer: (cpu() - before.cpu) / (load.answered - before.answered),
    busy: share,
    from: before.at,
    to: performance.now(),
  };
}

function until(load: StreamingLoad, answers: number): Promise<void> {
  return untilTrue(`${answers} answers`, () => load.answered >= answers, 300_000);
}

function figuresOf({ count, answers, perMinute, words, cpuPerAnswer, busy }: Phase): Figure[] {
  const group = `${count} turn ${count === 1 ? 'worker' : 'workers'} of ${SLOTS} turns each, ${ROOMS} rooms that all ask, ${answers} answers`;
  return [
    { group, name: 'answers a minute', value: perMinute, unit: '/min' },
    { group, name: 'answers a minute, of what the slots could', value: shareOfSlots(count, perMinute), unit: '' },
    { group, name: 'words p50', value: percentile(words, 0.5) / 1000, unit: 's' },
    { group, name: 'words p95', value: percentile(words, 0.95) / 1000, unit: 's' },
    { group, name: 'CPU an answer, all roles', value: cpuPerAnswer, unit: 's' },
    { group, name: 'of all cores busy', value: busy * 100, unit: '%' },
  ];
}

/** Against slots that are never empty between two turns. */
function shareOfSlots(count: number, perMinute: number): number {
  const answerMs = ANSWER.first + (ANSWER.words - 1) * ANSWER.pace;
  return perMinute / ((count * SLOTS * 60_000) / answerMs);
}

function ratios([one, two, four]: readonly Phase[]): Figure[] {
  const group = 'More turn workers, same load';
  const times = (many: Phase) => many.perMinute / one!.perMinute;
  return [
    { group, name: 'answers a minute, 2 workers : 1', value: times(two!), unit: '', limit: { least: 1.8 } },
    { group, name: 'answers a minute, 4 workers : 1', value: times(four!), unit: '', limit: { least: 3.4 } },
  ];
}

function onceEach(questions: number, breaches: number, served: ReturnType<typeof turnsServed>): Figure[] {
  const group = `No room served twice, ${questions} questions`;
  const none = { unit: '', limit: { most: 0 } };
  return [
    { group, name: 'messages lost, doubled or out of order', value: breaches, ...none },
    { group, name: 'turns that were not run once, by one worker', value: questions - served.once, ...none },
    { group, name: 'turns that ran while another one of their room did', value: served.overlaps, ...none },
    {
      group,
      name: 'of the turns before four workers, those of the one that had the fewest',
      value: served.least * 100,
      unit: '%',
    },
  ];
}
