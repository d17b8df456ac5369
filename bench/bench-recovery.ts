import type { Resident, TestStack } from '../e2e/test-stack.ts';
import type { Figure } from './figures.ts';
import { percentile } from './percentile.ts';

/** How soon a half-written answer grows again after SIGKILL of the turn worker, and of every role. */
export async function benchRecovery(stack: TestStack, times: number): Promise<Figure[]> {
  const ann = await stack.atHome('recovery');
  const worker: number[] = [];
  for (let index = 0; index < times; index++) {
    worker.push(await untilItGrows(ann, () => void stack.kill('turn-worker')));
    await stack.up();
  }
  const began = performance.now();
  let waiting: Promise<string[]> | undefined;
  let back: Promise<{ readyMs: number }[]> | undefined;
  const everything = await untilItGrows(ann, () => {
    const killed = stack.stack.roles.filter(({ role }) => role !== 'agent-host');
    for (const { pid } of killed) process.kill(pid, 'SIGKILL');
    back = Promise.all(killed.map(({ role, index, pid }) => stack.untilBack(role, pid, index)));
    waiting = sayMany(ann, 30);
  });
  const up = Math.max(...(await back)!.map(({ readyMs }) => readyMs));
  for (const eventId of (await waiting)!) await ann.untilAnswered(eventId);
  const all = performance.now() - began;
  const group = 'After kill -9 in mid-answer';
  return [
    {
      group,
      name: `turn worker: the message grows again, p50 of ${times}`,
      value: percentile(worker, 0.5) / 1000,
      unit: 's',
    },
    {
      group,
      name: 'turn worker: the message grows again, p95',
      value: percentile(worker, 0.95) / 1000,
      unit: 's',
      limit: { most: 10 },
    },
    { group, name: 'all roles: they are up again', value: up / 1000, unit: 's', limit: { most: 15 } },
    {
      group,
      name: 'all roles: once they are up, the message grows again',
      value: Math.max(0, everything - up) / 1000,
      unit: 's',
      limit: { most: 10 },
    },
    { group, name: 'all roles: and 30 messages sent meanwhile are answered', value: all / 1000, unit: 's' },
  ];
}

async function untilItGrows(ann: Resident, kill: () => void): Promise<number> {
  const question = await ann.say('demo words=200 pace=60');
  await ann.untilShows(question, 'word20');
  const killed = performance.now();
  kill();
  // What was on its way when it was killed is not growth.
  await new Promise((resolve) => setTimeout(resolve, 200));
  const before = ann.answer(question).text.length;
  await ann.person.until('the answer to grow', () => ann.answer(question).text.length > before, 60_000);
  const took = performance.now() - killed;
  await ann.untilAnswered(question);
  return took;
}

async function sayMany(ann: Resident, count: number): Promise<string[]> {
  const said: string[] = [];
  for (let index = 0; index < count; index++) said.push(await ann.say('demo words=1 pace=1'));
  return said;
}
