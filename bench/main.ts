import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { listeningProcess } from '../e2e/listening-process.ts';
import { TestStack } from '../e2e/test-stack.ts';
import { benchAgents } from './bench-agents.ts';
import { benchCapacity } from './bench-capacity.ts';
import { benchCommands } from './bench-commands.ts';
import { benchConversation, benchIdle, benchRequests } from './bench-conversation.ts';
import { benchFair } from './bench-fair.ts';
import { benchFiles } from './bench-files.ts';
import { benchIdleRooms } from './bench-idle-rooms.ts';
import { benchMillion } from './bench-million.ts';
import { benchOpsPages } from './bench-ops-pages.ts';
import { benchReconcile, benchReconcileSynapse } from './bench-reconcile.ts';
import { benchRecovery } from './bench-recovery.ts';
import { benchRolling } from './bench-rolling.ts';
import { makeBenchRooms } from './bench-rooms.ts';
import { benchScale } from './bench-scale.ts';
import { type Figure, holds, round, showFigures } from './figures.ts';
import { benchLane } from './lane/bench-lane.ts';

const USAGE = `npm run bench -- [--quick] [--only lane,idle,idle-rooms,conversation,commands,requests,reconcile,reconcile-synapse,million,ops-pages,recovery,rolling,fair,scale,capacity,files,agents]

Measures speed and cost on a stack of its own and a homeserver of its own, against the limits that the project has set
itself, and writes bench/results/<time>.json. Takes about twenty-five minutes; --quick, with fewer repetitions, about twelve.
Exit code 0, also when a limit is missed: a benchmark is no test. 1: it could not be run to its end.
`;

const { values: options } = parseArgs({
  options: { quick: { type: 'boolean' }, only: { type: 'string' }, help: { type: 'boolean' } },
});
if (options.help) {
  process.stdout.write(USAGE);
  process.exit(0);
}
const wanted = options.only?.split(',');
const wants = (part: string) => wanted === undefined || wanted.includes(part);
const say = (text: string) => process.stderr.write(`bench: ${text}\n`);
const figures: Figure[] = [];

try {
  if (wants('agents')) figures.push(...(await benchAgents(options.quick ?? false, say)));
  if (wanted === undefined || wanted.some((part) => !['files', 'agents', 'fair', 'scale', 'capacity'].includes(part)))
    await benchStack();
  if (wants('fair')) {
    say('one who floods');
    figures.push(...(await benchFair(options.quick ? 1 : 2)));
  }
  if (wants('scale')) {
    say('more workers');
    const times = options.quick ? { rounds: 4, kills: 5, freezes: 3 } : { rounds: 10, kills: 10, freezes: 5 };
    figures.push(...(await benchScale(times, say)));
  }
  if (wants('capacity')) figures.push(...(await benchCapacity(options.quick ? 30 : 80, say)));
  if (wants('files')) {
    say('large files');
    figures.push(...(await benchFiles(options.quick ? 50 : 200, options.quick ? 1 : 3)));
  }
} catch (error) {
  // What was measured before is worth showing.
  say(`ended early: ${(error as Error).stack}`);
  process.exitCode = 1;
}
report();

/** On the stack's own Postgres and Redis, in a schema and under keys of its own, while its roles are idle. */
async function laneFigures({ stack }: TestStack): Promise<Figure[]> {
  const lane = await benchLane(stack.database_url, stack.redis_url);
  const group = 'A lane without homeserver';
  return [
    { group, name: 'messages a second', value: lane.messages, unit: '/s' },
    { group, name: 'plain commits a second, same run', value: lane.commits, unit: '/s' },
    { group, name: 'plain BullMQ jobs a second, same run', value: lane.queueJobs, unit: '/s' },
    { group, name: 'SQL statements a message, in its lane', value: lane.sqlPerMessage, unit: '', limit: { most: 3 } },
    { group, name: 'and its share of the one of its page', value: lane.sqlOfPage, unit: '' },
    { group, name: 'Redis calls a message', value: lane.redisPerMessage, unit: '', limit: { most: 3 } },
    { group, name: 'wake → start, p50', value: lane.startP50, unit: 'ms', limit: { most: 10 } },
  ];
}

async function benchStack(): Promise<void> {
  say('bringing a stack up');
  const stack = new TestStack();
  try {
    await stack.up();
    if (wants('idle')) figures.push(...benchIdle(stack));
    if (wants('lane')) {
      say('the lane without a homeserver');
      figures.push(...(await laneFigures(stack)));
    }
    if (wants('conversation') || wants('requests') || wants('commands')) await benchRooms(stack);
    if (wants('idle-rooms')) {
      say('10,000 idle rooms');
      figures.push(...(await benchIdleRooms(stack)));
    }
    if (wants('reconcile')) {
      say('10,000 rooms compared');
      figures.push(...(await benchReconcile(stack.stack.database_url)));
    }
    if (wants('reconcile-synapse')) {
      say('rooms of Synapse compared');
      figures.push(...(await benchReconcileSynapse(stack, options.quick ? 100 : 500)));
    }
    if (wants('million')) {
      say('a million messages');
      figures.push(...(await benchMillion(stack.stack.database_url, options.quick ? 100_000 : 1_000_000, say)));
    }
    if (wants('ops-pages')) {
      say('the operator’s pages over a million messages');
      figures.push(...(await benchOpsPages(stack.stack, options.quick ? 100_000 : 1_000_000, say)));
    }
    if (wants('recovery')) {
      say('kills');
      figures.push(...(await benchRecovery(stack, options.quick ? 2 : 8)));
    }
    if (wants('rolling')) {
      say('rolling restarts');
      figures.push(...(await benchRolling(stack, options.quick ? 1 : 3)));
    }
  } finally {
    await stack.end();
  }
}

async function benchRooms(stack: TestStack): Promise<void> {
  const synapse = listeningProcess(Number(new URL(stack.stack.homeserver.url).port));
  say('making rooms');
  const bench = await makeBenchRooms(stack, wants('conversation') ? 50 : 1);
  try {
    if (wants('conversation')) {
      say('warming up');
      await benchConversation(stack, bench, 1, 3, synapse);
      for (const [at, rounds] of options.quick
        ? [
            [1, 15],
            [10, 2],
            [50, 1],
          ]
        : [
            [1, 40],
            [10, 8],
            [50, 4],
          ]) {
        say(`${at} at once`);
        figures.push(...(await benchConversation(stack, bench, at!, rounds!, synapse)));
      }
    }
    if (wants('commands')) {
      say('commands');
      figures.push(...(await benchCommands(stack, bench, options.quick ? 15 : 50)));
    }
    if (wants('requests')) {
      say('requests and edits');
      figures.push(...(await benchRequests(stack, bench)));
    }
  } finally {
    bench.stop();
  }
}

function report(): void {
  process.stdout.write(showFigures(figures));
  const missed = figures.filter((figure) => holds(figure) === false).length;
  const folder = join(import.meta.dirname, 'results');
  mkdirSync(folder, { recursive: true });
  const at = new Date().toISOString();
  const file = join(folder, `${at.replace(/[:.]/g, '-')}.json`);
  const machine = { cpus: cpus().length, model: cpus()[0]?.model, memory_mb: Math.round(totalmem() / 2 ** 20) };
  const rows = figures.map((figure) => ({ ...figure, value: round(figure.value), holds: holds(figure) }));
  writeFileSync(file, `${JSON.stringify({ at, node: process.version, machine, figures: rows }, null, 2)}\n`);
  const judged = figures.filter((figure) => holds(figure) !== undefined).length;
  process.stdout.write(`\n  ${judged - missed} of ${judged} limits hold. ${file}\n`);
}
