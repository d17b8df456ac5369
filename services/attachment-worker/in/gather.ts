import { ageOf } from '../../../shared/lane/age-of.ts';
import { isCancelled } from '../../../shared/lane/is-cancelled.ts';
import type { LaneItem } from '../../../shared/lane/lane.ts';
import { bodyBehind } from '../../../shared/lane/start-of.ts';
import type { MessageItem, WorkItem } from '../../../shared/matrix/work-item.ts';
import type { Database } from '../../../shared/store/postgres.ts';
import { sleep } from '../../../shared/time/time.ts';

const LOOK_MS = 50;

/**
 * Whether what stands behind a file in its lane belongs to the same turn: another file or a text of the same person,
 * sent within `waitMs` of it. Waits that long for it to come; a slot of this worker is held meanwhile, none of a turn.
 * @throws the signal’s reason, where another worker is to go on.
 */
export async function isFollowed(
  item: LaneItem<WorkItem>,
  file: MessageItem,
  { database, waitMs, signal }: { readonly database: Database; readonly waitMs: number; readonly signal: AbortSignal },
): Promise<boolean> {
  const until = performance.now() + waitMs - (await ageOf(database.run, item));
  for (;;) {
    const behind = await bodyBehind<WorkItem>(database.run, item.lane, item.seq);
    if (behind) return belongsTo(file, behind, waitMs);
    if (performance.now() >= until) return false;
    if (await sleep(LOOK_MS, signal)) continue;
    if (isCancelled(signal)) return false;
    // Somebody else waits on: a turn that began early would not have what is still to come.
    throw signal.reason;
  }
}

/** By the times of the sender's own homeserver: after an outage all of it comes in at once. */
export function belongsTo(file: MessageItem, next: WorkItem, waitMs: number): boolean {
  return (
    next.type === 'message' &&
    next.sender === file.sender &&
    next.thread === file.thread &&
    Math.abs(next.originTs - file.originTs) <= waitMs
  );
}
