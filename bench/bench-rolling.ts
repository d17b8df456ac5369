import { type Seen, StreamingLoad, wholeAnswer } from '../e2e/streaming-load.ts';
import type { Resident, TestStack } from '../e2e/test-stack.ts';
import { untilTrue } from '../e2e/until-true.ts';
import type { Figure } from './figures.ts';
import { percentile } from './percentile.ts';

const ROOMS = 8;
const ROUNDS_OF_CALM = 3;
/** Of 4.8 s: by the pace of drafts alone, its last edits are 1.2 s apart. */
const WORDS = 120;
/** The agent host is not among them: it lets its turns end, and there is no gap in any. */
const ROLES = ['reconcile-worker', 'command-worker', 'attachment-worker', 'turn-worker', 'ingress', 'ops'];
const TWICE = ['command-worker', 'attachment-worker', 'turn-worker', 'ingress'];

/** What people in eight rooms see of a rolling restart while an answer streams in each, against the same without one. */
export async function benchRolling(stack: TestStack, times: number): Promise<Figure[]> {
  await scale(stack, 2);
  const people = Array.from({ length: ROOMS }, (_, index) => stack.atHome(`rolling${index}`));
  const residents = await Promise.all(people);
  const calm = await streaming(residents, async (load) => {
    await untilTrue('answers in calm', () => load.answered >= ROOMS * ROUNDS_OF_CALM, 120_000);
  });
  const tookMs: number[] = [];
  const rolled: Seen[] = [];
  for (let time = 0; time < times; time++) {
    rolled.push(
      await streaming(residents, async () => {
        const began = performance.now();
        for (const role of ROLES) await stack.operate('restart', role, '--rolling');
        tookMs.push(performance.now() - began);
      }),
    );
  }
  const breaches = residents.flatMap((resident) => resident.breaches());
  await scale(stack, 1);
  return figuresOf(calm, together(rolled), breaches.length, percentile(tookMs, 0.5));
}

async function streaming(residents: readonly Resident[], work: (load: StreamingLoad) => Promise<void>): Promise<Seen> {
  const load = new StreamingLoad(residents, WORDS);
  await load.untilAllStream();
  await work(load);
  return load.end();
}

function figuresOf(calm: Seen, rolled: Seen, breaches: number, tookMs: number): Figure[] {
  const group = `A rolling restart, ${ROOMS} rooms, ${rolled.answers.length} answers`;
  const whole = rolled.answers.filter(({ text, state }) => text === wholeAnswer(WORDS) && state === 'done').length;
  const figure = (name: string, value: number, unit: string, limit?: Figure['limit']): Figure => ({
    group,
    name,
    value,
    unit,
    limit,
  });
  const seconds = (values: readonly number[], share: number) => percentile(values, share) / 1000;
  return [
    figure('between two changes of an answer, p99 without a restart', seconds(calm.gaps, 0.99), 's'),
    figure('between two changes of an answer, p99', seconds(rolled.gaps, 0.99), 's', { most: 2 }),
    figure('between two changes of an answer, the longest', seconds(rolled.gaps, 1), 's'),
    figure('to the first words, p99 without a restart', seconds(calm.waits, 0.99), 's'),
    figure('to the first words, p99', seconds(rolled.waits, 0.99), 's'),
    figure('answers that are not whole', rolled.answers.length - whole, '', { most: 0 }),
    figure('messages lost, doubled or out of order', breaches, '', { most: 0 }),
    figure('until all roles were restarted, p50', tookMs / 1000, 's'),
  ];
}

function together(all: readonly Seen[]): Seen {
  return {
    answers: all.flatMap(({ answers }) => answers),
    gaps: all.flatMap(({ gaps }) => gaps),
    waits: all.flatMap(({ waits }) => waits),
  };
}

function scale(stack: TestStack, count: number): Promise<void> {
  return stack.operate('up', ...TWICE.flatMap((role) => ['--scale', `${role}=${count}`]), '--detach');
}
