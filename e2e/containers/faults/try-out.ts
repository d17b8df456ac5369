import assert from 'node:assert/strict';
import type { Answer } from '../../../services/cli/demo/person/answers.ts';
import { sleep } from '../../../shared/time/time.ts';
import { wholeAnswer } from '../../streaming-load.ts';
import type { ContainerStack } from '../container-stack.ts';
import type { Container } from '../engine.ts';
import { type Case, PORTS, wordsOf } from './cases.ts';
import { setClock } from './clocks.ts';
import { asksFor, type Crowd, WORDS } from './crowd.ts';
import { cut, kill, killProcess, pause, type Undo, unplug } from './make.ts';
import type { Row } from './report.ts';
import { starve } from './starve.ts';
import { changedSince, containersAt, running } from './targets.ts';

/** What a kernel could not send for 15 s it sends with its next try, which comes within that time again. */
const LATE_MS = 15_000;
const STARTED_AGAIN: readonly Case['fault'][] = ['kill -9', 'docker kill', 'out of memory'];

/** While answers stream in three rooms: the fault, its end, what people saw, and whether every promise holds. */
export async function tryOut(stack: ContainerStack, crowd: Crowd, each: Case): Promise<Row> {
  const before = await running(stack);
  const { result, seen } = await crowd.whileStreaming(async () => {
    const targets = (await Promise.all(each.at.map((target) => containersAt(stack, target)))).flat();
    return { targets, ...(await goThrough(stack, crowd, each, targets)) };
  });
  await stack.untilReady();
  if (each.fault === 'unplug') await sleep(LATE_MS);

  const ends = [...seen.answers, ...result.asked.flatMap(({ answer }) => answer ?? [])];
  const failed = ends.filter(({ state }) => state !== 'done');
  const others = failed.map(({ code }) => code).filter((code) => !each.mayEnd?.includes(code ?? ''));
  assert.deepEqual(others, []);
  for (const { state, text } of seen.answers) if (state === 'done') assert.equal(text, wholeAnswer(WORDS));
  assert.deepEqual(crowd.newBreaches(), []);
  const restarted = STARTED_AGAIN.includes(each.fault) ? result.targets : [];
  assert.deepEqual(await changedSince(before, stack), restarted.map(({ Name }) => Name).toSorted());
  const note = failed.length > 0 ? `${failed.length} of ${ends.length} answers end with ${failed[0]!.code}` : '';
  return { ...wordsOf(each), ...result.times, note };
}

async function goThrough(stack: ContainerStack, crowd: Crowd, each: Case, targets: readonly Container[]) {
  const { lasts, asks = 'question' } = each;
  const began = performance.now();
  const asked: { ms: number; answer?: Answer }[] = [];
  let first: ReturnType<typeof asksFor> | undefined;
  let meanwhile: Row['meanwhile'];
  let lasted: number | undefined;
  const undo = await makeAt(stack, targets, each);
  // Lack of memory takes its time to kill.
  let from = performance.now();
  try {
    if (lasts !== undefined) {
      first = asksFor(asks, crowd.first);
      first.catch(() => {});
      meanwhile = await within(lasts, first);
      // What others take over is answered while it lasts, however busy this machine is.
      if (each.goesOn) meanwhile = (await first).ms;
    }
  } finally {
    await undo();
  }
  if (lasts !== undefined) {
    lasted = performance.now() - began;
    from = performance.now();
  }
  const [grew, second] = await Promise.all([crowd.untilAllGrow(from), asksFor(asks, crowd.second)]);
  if (first) asked.push(await first);
  return { asked: [...asked, second], times: { lasted, meanwhile, grew, answered: second.ms } };
}

/** @returns how it is undone: nothing to do where it ends by itself. */
async function makeAt(stack: ContainerStack, targets: readonly Container[], each: Case): Promise<Undo> {
  const make: Record<Case['fault'], (container: Container) => Promise<Undo | undefined>> = {
    nothing: async () => undefined,
    'kill -9': killProcess,
    'docker kill': kill,
    pause,
    cut: (container) => cut(container, PORTS[each.from!]),
    unplug,
    'out of memory': starve,
    clock: (container) => setClock(stack, container, each.minutes!),
  };
  const undos: Undo[] = [];
  const undoAll = async () => void (await Promise.all(undos.splice(0).map((undo) => undo())));
  try {
    await Promise.all(
      targets.map(async (container) => {
        const undo = await make[each.fault](container);
        if (undo) undos.push(undo);
      }),
    );
  } catch (error) {
    await undoAll();
    throw error;
  }
  return undoAll;
}

/** Waits for `ms`, whatever comes meanwhile. @returns when it came, or that it did not. */
async function within(ms: number, asked: Promise<{ ms: number }>): Promise<number | 'later'> {
  const over = new Promise<'later'>((resolve) => setTimeout(resolve, ms, 'later'));
  const seen = await Promise.race([over, asked.then((answered) => answered.ms)]);
  await over;
  return seen;
}
