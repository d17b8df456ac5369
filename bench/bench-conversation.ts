import type { TestStack } from '../e2e/test-stack.ts';
import { answerTo, isFinal } from '../services/cli/demo/person/answers.ts';
import type { BenchRooms } from './bench-rooms.ts';
import type { Figure } from './figures.ts';
import { percentile } from './percentile.ts';
import { cpuSeconds, parentOf, rssMegabytes } from './process-cost.ts';
import { requestsSoFar } from './role-metrics.ts';
import { askRound, echoRound, type Measured } from './rounds.ts';

/**
 * In milliseconds beyond the bare echo bot's own in the same rounds: where many ask at once, the homeserver's queue is most of
 * what anybody waits for, and the echo bot alone is above any fixed number.
 */
type Limits = { words?: number; p95?: number; full?: number };

/** By the number of rooms at once. */
const LIMITS: Record<number, Limits> = {
  1: { words: 25, p95: 60 },
  10: { words: 150 },
  50: { words: 500, full: 400 },
};

/** Latency, edits and cost with `at` rooms at once, `rounds` times. */
export async function benchConversation(
  stack: TestStack,
  bench: BenchRooms,
  at: number,
  rounds: number,
  synapse: number,
): Promise<Figure[]> {
  const rooms = bench.rooms.slice(0, at);
  const limits = LIMITS[at] ?? {};
  const echo: number[] = [];
  const ours = [...stack.stack.roles.map((role) => role.pid), parentOf(stack.role('ingress').pid)];
  const cpu = () => cpuSeconds(...ours);
  const spent = { ours: 0, synapse: 0, wall: 0 };
  const measured: Measured[] = [];
  // In turn, so that both meet the machine in the same mood.
  for (let round = 0; round < rounds; round++) {
    echo.push(...(await echoRound(bench.watcher, bench.echo, rooms)));
    const before = { ours: cpu(), synapse: cpuSeconds(synapse), at: performance.now() };
    measured.push(...(await askRound(bench.watcher, stack.stack, rooms)));
    spent.ours += cpu() - before.ours;
    spent.synapse += cpuSeconds(synapse) - before.synapse;
    spent.wall += (performance.now() - before.at) / 1000;
  }
  const count = measured.length;
  const group = `${at} ${at === 1 ? 'room' : 'rooms'} at once, ${count} answers`;
  const figure = (name: string, value: number, unit: string, limit?: Figure['limit']): Figure => ({
    group,
    name,
    value,
    unit,
    limit,
  });
  const of = (key: keyof Measured, share: number) =>
    percentile(
      measured.map((one) => one[key]),
      share,
    );
  const echoP50 = percentile(echo, 0.5);
  const echoP95 = percentile(echo, 0.95);
  const figures = [
    figure('echo bot p50', echoP50, 'ms'),
    figure('echo bot p95', echoP95, 'ms'),
    figure('words p50', of('words', 0.5), 'ms'),
    figure('words p95', of('words', 0.95), 'ms'),
    figure('words p50 over the echo bot', of('words', 0.5) - echoP50, 'ms', atMost(limits.words)),
    figure('words p95 over the echo bot', of('words', 0.95) - echoP95, 'ms', atMost(limits.p95)),
    figure('full p50', of('full', 0.5), 'ms'),
    figure('full p95', of('full', 0.95), 'ms'),
    figure('full p50 over the echo bot', of('full', 0.5) - echoP50, 'ms', atMost(limits.full)),
  ];
  figures.push(
    figure('edits an answer', measured.reduce((sum, one) => sum + one.edits, 0) / count, ''),
    figure('CPU an answer, all roles', spent.ours / count, 's', { most: 0.1 }),
    figure('CPU an answer, Synapse', spent.synapse / count, 's'),
  );
  // Twice MindRoom's 5.9 on a comparable machine.
  if (at >= 50) figures.push(figure('answers a second', count / spent.wall, '', { least: 11.8 }));
  return figures;
}

function atMost(most: number | undefined): Figure['limit'] {
  return most === undefined ? undefined : { most };
}

/** What an answer costs the homeserver in requests, and a long one in edits. */
export async function benchRequests(stack: TestStack, bench: BenchRooms): Promise<Figure[]> {
  const group = 'Requests';
  const counted = () => requestsSoFar(stack.stack.roles);
  const ask = async (text: string) => {
    const { asker, room } = bench.rooms[0]!;
    const { eventId } = await asker.say(room, text);
    return bench.watcher.until(
      'the answer',
      () => {
        const answer = answerTo(bench.watcher.room(room), stack.bot, eventId);
        return isFinal(answer) && answer;
      },
      120_000,
    );
  };
  const before = await counted();
  const count = 5;
  for (let index = 0; index < count; index++) await ask('demo words=30 pace=20');
  const requests = (await counted()) - before;
  const long = await ask('demo words=600 pace=100');
  return [
    {
      group,
      name: 'HTTP requests for an answer of 30 words, beside typing',
      value: requests / count,
      unit: '',
      limit: { most: 4 },
    },
    { group, name: 'edits of an answer that takes 60 s', value: long.edits, unit: '', limit: { most: 25 } },
  ];
}

/** Resident memory of each role when nothing goes on. */
export function benchIdle(stack: TestStack): Figure[] {
  return stack.stack.roles.map(({ role, index, pid }) => ({
    group: 'Resident memory, idle',
    name: index === 1 ? role : `${role} ${index}`,
    value: rssMegabytes(pid),
    unit: 'MB',
    limit: { most: 120 },
  }));
}
