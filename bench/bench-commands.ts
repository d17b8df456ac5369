import type { TestStack } from '../e2e/test-stack.ts';
import { repliesTo } from '../services/cli/demo/person/answers.ts';
import type { BenchRooms } from './bench-rooms.ts';
import type { Figure } from './figures.ts';
import { percentile } from './percentile.ts';
import { requestsSoFar } from './role-metrics.ts';
import { echoRound } from './rounds.ts';

const COMMANDS = ['!help', '!language', '!stop', '!people', '!rooms'];

/** Commands that need neither agent nor a new room: how long until the reply is seen, beside an echo of the same run. */
export async function benchCommands(stack: TestStack, bench: BenchRooms, rounds: number): Promise<Figure[]> {
  const { asker, room } = bench.rooms[0]!;
  const requests = () => requestsSoFar(stack.stack.roles);
  const echo: number[] = [];
  const replies: number[] = [];
  const before = await requests();
  for (let round = 0; round < rounds; round++) {
    echo.push(...(await echoRound(bench.watcher, bench.echo, bench.rooms.slice(0, 1))));
    const { eventId, answeredAt } = await asker.say(room, COMMANDS[round % COMMANDS.length]!);
    const reply = () => repliesTo(bench.watcher.room(room), stack.bot, eventId)[0];
    replies.push((await bench.watcher.until('a reply', reply)).versions[0]!.at - answeredAt);
  }
  const group = `Commands without agent, ${rounds} of them`;
  const [ours, theirs] = [percentile(replies, 0.5), percentile(echo, 0.5)];
  return [
    { group, name: 'reply p50', value: ours, unit: 'ms' },
    { group, name: 'reply p50 over the echo bot', value: ours - theirs, unit: 'ms', limit: { most: 30 } },
    {
      group,
      name: 'HTTP requests a command',
      value: ((await requests()) - before) / rounds,
      unit: '',
      limit: { most: 3 },
    },
  ];
}
