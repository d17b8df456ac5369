import { linkedRoom } from '../e2e/linked-room.ts';
import { type Resident, TestStack } from '../e2e/test-stack.ts';
import { sleep } from '../shared/time/time.ts';
import { type BenchRooms, makeBenchRooms } from './bench-rooms.ts';
import type { Figure } from './figures.ts';
import { percentile } from './percentile.ts';
import { askRound, type Measured } from './rounds.ts';

/** Those of production: in development nobody is held back. */
const LIMITS = {
  SURFACES_LIMIT_TURNS_PER_MINUTE: '20',
  SURFACES_LIMIT_TURNS_AT_ONCE: '5',
  SURFACES_LIMIT_QUEUED: '100',
};
const PEOPLE = 50;
const FLOODED_ROOMS = 10;
/** Between two people's questions: a load that the homeserver of one machine bears. */
const APART_MS = 400;
/** Between two messages of whoever floods. */
const FLOOD_MS = 100;

/**
 * What fifty ordinary people see while one person floods ten rooms, against the same without: the limits of a person and
 * the lanes are there so that nobody else is slowed.
 */
export async function benchFair(rounds: number): Promise<Figure[]> {
  const stack = new TestStack({ env: LIMITS });
  try {
    await stack.up();
    const bench = await makeBenchRooms(stack, PEOPLE);
    const rude = await stack.atHome('rude');
    const rooms = [rude.home.room, ...(await moreRooms(rude, FLOODED_ROOMS - 1))];
    await ordinary(stack, bench);
    const alone: Measured[] = [];
    const beside: Measured[] = [];
    // In turn, so that both meet the machine in the same mood.
    for (let round = 0; round < rounds; round++) {
      alone.push(...(await ordinary(stack, bench)));
      const flood = floodOf(rude, rooms);
      beside.push(...(await ordinary(stack, bench)));
      await flood.end();
    }
    bench.stop();
    return figuresOf(alone, beside);
  } finally {
    await stack.end();
  }
}

async function ordinary(stack: TestStack, { rooms, watcher }: BenchRooms): Promise<Measured[]> {
  const asked = rooms.map(async (room, index) => {
    await sleep(index * APART_MS);
    return askRound(watcher, stack.stack, [room]);
  });
  return (await Promise.all(asked)).flat();
}

async function moreRooms(rude: Resident, count: number): Promise<string[]> {
  const rooms: string[] = [];
  for (let index = 0; index < count; index++) {
    const { text } = await rude.command(`!new Flood ${index}`);
    const room = linkedRoom(text);
    await rude.person.join(room);
    rooms.push(room);
  }
  return rooms;
}

function floodOf(rude: Resident, rooms: readonly string[]) {
  let enough = false;
  const flooding = (async () => {
    for (let index = 0; !enough; index++) {
      await rude.person.say(rooms[index % rooms.length]!, 'demo words=100 pace=20');
      await sleep(FLOOD_MS);
    }
  })();
  return {
    async end() {
      enough = true;
      await flooding;
      for (const room of rooms) await rude.command('!stop all', room);
    },
  };
}

function figuresOf(alone: readonly Measured[], beside: readonly Measured[]): Figure[] {
  const group = `${PEOPLE} people beside one who floods, ${beside.length} answers`;
  const p95 = (measured: readonly Measured[], key: 'words' | 'whole') =>
    percentile(
      measured.map((one) => one[key]),
      0.95,
    );
  return (['words', 'whole'] as const).flatMap((key): Figure[] => [
    { group, name: `${key} p95 without the flood`, value: p95(alone, key), unit: 'ms' },
    { group, name: `${key} p95 beside it`, value: p95(beside, key), unit: 'ms' },
    {
      group,
      name: `${key} p95, times as long`,
      value: p95(beside, key) / p95(alone, key),
      unit: '',
      limit: { most: 1.5 },
    },
  ]);
}
