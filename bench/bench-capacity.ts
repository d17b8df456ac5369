import { cpus } from 'node:os';
import { listeningProcess } from '../e2e/listening-process.ts';
import { StreamingLoad } from '../e2e/streaming-load.ts';
import { type Resident, TestStack } from '../e2e/test-stack.ts';
import { untilTrue } from '../e2e/until-true.ts';
import { sleep } from '../shared/time/time.ts';
import type { Figure } from './figures.ts';
import { heldAgainst } from './scale/held-against.ts';
import { benchOwnLimit } from './scale/own-limit.ts';
import { OTHERS, PartMeter, type Spent } from './scale/part-meter.ts';
import { waitingWakes } from './scale/waiting-wakes.ts';
import {
  type Answer,
  type Capacity,
  capacityOf,
  capacityOfSends,
  loadOf,
  type PartCost,
  solveCost,
  together,
} from './scaling-model.ts';

const ROOMS = 12;
const IDLE_MS = 10_000;
/** One that is there as soon as it is begun, and one that streams for ten seconds, at 25 words a second. */
const SHORT = { words: 1, pace: 1, first: 3_000 };
const LONG = { words: 250, pace: 40, first: 200 };
/** Answers before anything is measured. */
const WARM = 120;
/** As many as there can be. */
const AT_ONCE = { words: 1, pace: 1, first: 0 };
/** What the table is made for. */
const ORDINARY: Answer = { thinks: 2, seconds: 10 };
/** Above it what comes in bursts waits noticeably. */
const FULL = 0.7;
/** Sends a second of one account that Synapse takes if nobody changes it (`rc_message`). */
const SYNAPSE_DEFAULT = 0.2;
const PEOPLE = 'the benchmark’s people';
const HOMESERVER = 'Synapse';

/** What an answer costs in each part; from that, where each is full; and that held against two loads that fill the machine. */
export async function benchCapacity(answers: number, say: (text: string) => void): Promise<Figure[]> {
  const { costs, figures } = await onSynapse(answers, say);
  say('our own limit');
  const ours = costs.filter(({ part }) => part !== PEOPLE && part !== HOMESERVER);
  return [...figures, ...(await benchOwnLimit(answers, ours))];
}

async function onSynapse(answers: number, say: (text: string) => void) {
  const stack = new TestStack();
  try {
    await stack.up();
    const residents = await Promise.all(Array.from({ length: ROOMS }, (_, index) => stack.atHome(`capacity${index}`)));
    const synapse = listeningProcess(Number(new URL(stack.stack.homeserver.url).port));
    const meter = new PartMeter(stack, { [HOMESERVER]: synapse, [PEOPLE]: process.pid });
    try {
      // The first answer of a room gives it its name, and code that has run often costs less.
      say('warming up');
      await underLoad(meter, residents, AT_ONCE, WARM);
      say('what an answer costs');
      const idle = await meter.during(() => sleep(IDLE_MS));
      const short = await underLoad(meter, residents, SHORT, answers);
      const long = await underLoad(meter, residents, LONG, answers);
      const solve = solver(idle, short, long);
      const costs = [...idle.cpu.keys()].map(
        (part): PartCost => ({
          part,
          ...solve(({ cpu }) => cpu.get(part)!),
          idle: idle.cpu.get(part)! / idle.seconds,
          cores: part === 'Postgres' ? cpus().length : 1,
        }),
      );
      say('as many answers as there can be');
      const full = await underLoad(meter, residents, AT_ONCE, answers * 3);
      return {
        costs,
        figures: [
          ...costFigures(costs, solve),
          sendsFigure(long),
          ...(await waitingWakes(stack.stack.redis_url)),
          ...modelFigures(costs),
          ...heldAgainst(HOMESERVER, costs, full),
        ],
      };
    } finally {
      meter.close();
    }
  } finally {
    await stack.end();
  }
}

async function underLoad(
  meter: PartMeter,
  residents: readonly Resident[],
  answer: { readonly words: number; readonly pace: number; readonly first: number },
  answers: number,
): Promise<Spent> {
  const load = new StreamingLoad(residents, answer.words, answer);
  await load.untilAllStream();
  const from = load.answered;
  const spent = await meter.during(() =>
    untilTrue(`${answers} answers`, () => load.answered >= from + answers, 300_000),
  );
  const counted = load.answered - from;
  await load.end();
  return { ...spent, answers: counted };
}

/** What an answer and a send take of something, beyond what idleness takes of it. */
function solver(idle: Spent, short: Spent, long: Spent) {
  return (what: (of: Spent) => number) => {
    const load = (spent: Spent) => ({ ...spent, cpu: what(spent) - (what(idle) / idle.seconds) * spent.seconds });
    return solveCost(load(short), load(long));
  };
}

function costFigures(costs: readonly PartCost[], solve: ReturnType<typeof solver>): Figure[] {
  const group = 'What a message and its answer cost';
  const calls = [
    ['SQL statements', solve(({ statements }) => statements)],
    ['Redis commands', solve(({ redisCalls }) => redisCalls)],
    ['requests to the homeserver beside typing', solve(({ requests }) => requests)],
  ] as const;
  return [
    ...costs.flatMap(({ part, answer, send, idle }): Figure[] => [
      { group, name: `${part}: CPU, each answer`, value: answer * 1000, unit: 'ms' },
      { group, name: `${part}: CPU, each send`, value: send * 1000, unit: 'ms' },
      { group, name: `${part}: CPU in idleness`, value: idle * 100, unit: '% of a core' },
    ]),
    ...calls.flatMap(([name, { answer, send }]): Figure[] => [
      { group, name: `${name}, each answer`, value: answer, unit: '' },
      { group, name: `${name}, each send`, value: send, unit: '' },
    ]),
  ];
}

/** A machine that is too busy thins edits out: then the costs are of another answer than the table's. */
function sendsFigure({ answers, sends }: Spent): Figure {
  const due = loadOf(ORDINARY).sends;
  return {
    group: 'What a message and its answer cost',
    name: `sends of an answer of ${ORDINARY.seconds} s; ${due} where nothing slows it`,
    value: sends / answers,
    unit: '',
    limit: { least: due * 0.8 },
  };
}

function modelFigures(costs: readonly PartCost[]): Figure[] {
  const parts = costs.filter(({ part }) => part !== PEOPLE && part !== OTHERS);
  const all = [
    capacityOfSends('account under Synapse’s default limit', SYNAPSE_DEFAULT, ORDINARY),
    ...[...parts, together(costs, cpus().length)].map((cost) => capacityOf(cost, ORDINARY, FULL)),
  ];
  return all.toSorted((one, other) => one.answersPerSecond - other.answersPerSecond).flatMap(asFigures);
}

function asFigures({ part, answersPerSecond, roomsAtOnce, roomsOrdinary }: Capacity): Figure[] {
  const { thinks, seconds } = ORDINARY;
  const group = `The model: ${FULL * 100} % full, answers of ${seconds} s after ${thinks} s of thought`;
  return [
    { group, name: `${part}: answers a second`, value: answersPerSecond, unit: '/s' },
    { group, name: `${part}: rooms that are answered at one time`, value: roomsAtOnce, unit: '' },
    { group, name: `${part}: rooms with a message a minute`, value: roomsOrdinary, unit: '' },
  ];
}
