import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A turn as the worker that ended it wrote it down; epoch milliseconds. */
type Served = { readonly event: string; readonly room: string; readonly worker: string; from: number; to: number };

/**
 * Which worker ran which turn, by what the workers themselves have written: every run of an item has its line, also one that was
 * left to another worker.
 * @param questions whose turns are looked at.
 * @param since epoch milliseconds: from when on there were so many `workers`, whose shares are told.
 * @returns how many of them exactly one worker ran, once; how many began before the one before it in their room had ended;
 *   the share of the worker with the fewest, 0 to 1.
 */
export function turnsServed(
  home: string,
  questions: readonly string[],
  { since, workers }: { readonly since: number; readonly workers: number },
) {
  const asked = new Set(questions);
  const turns = readTurns(join(home, 'logs')).filter(({ event }) => asked.has(event));
  const byEvent = Map.groupBy(turns, ({ event }) => event);
  let overlaps = 0;
  for (const room of Map.groupBy(turns, (turn) => turn.room).values()) {
    const inOrder = room.toSorted((one, other) => one.from - other.from);
    overlaps += inOrder.filter((turn, index) => index > 0 && turn.from < inOrder[index - 1]!.to).length;
  }
  const late = turns.filter(({ from }) => from >= since);
  const byWorker = [...Map.groupBy(late, ({ worker }) => worker).values()].map((theirs) => theirs.length);
  return {
    once: [...byEvent.values()].filter((runs) => runs.length === 1).length,
    overlaps,
    least: byWorker.length < workers ? 0 : Math.min(...byWorker) / late.length,
  };
}

function readTurns(folder: string): Served[] {
  return readdirSync(folder)
    .filter((file) => /^turn-worker-\d+\.log(\.1)?$/.test(file))
    .flatMap((file) => readFileSync(join(folder, file), 'utf8').split('\n').flatMap(served));
}

function served(line: string): Served[] {
  if (!line.includes('"epoch"')) return [];
  const { event, room, instance, time, total_ms: took } = JSON.parse(line);
  const to = Date.parse(time);
  return [{ event, room, worker: String(instance), from: to - took, to }];
}
