import type { LaneItem } from '../../shared/lane/lane.ts';
import type { RunContext } from '../../shared/lane/run-lane.ts';
import { newestAnswer } from '../../shared/matrix/newest-answer.ts';
import type { MessageItem } from '../../shared/matrix/work-item.ts';
import type { TurnDeps } from './turn-deps.ts';

/** As long as a homeserver is sure to know a transaction id again (Synapse: 24 hours), with a margin. */
const LONG_AGO_MS = 12 * 3_600_000;

/**
 * Whether a whole answer of ours stands in the room already, for a message that has waited so long that the homeserver would
 * take the same sends for new ones, or that came out of a backup: then it may have been answered after the copy was made, and an
 * agent that was restored as well would begin anew. A message also waits so long where an agent was away, or a question
 * unanswered. Costs nothing for any other message.
 */
export async function answeredLongAgo(
  { receivedAt }: Pick<LaneItem, 'receivedAt'>,
  { room, event, originTs }: MessageItem,
  { signal }: Pick<RunContext, 'signal'>,
  { http, self, restoredMs, log }: Pick<TurnDeps, 'http' | 'self' | 'restoredMs' | 'log'>,
): Promise<boolean> {
  if (receivedAt > restoredMs && Date.now() - receivedAt < LONG_AGO_MS) return false;
  const newest = await newestAnswer(http, room, event, { self, sinceMs: originTs, signal });
  const isWhole = newest?.last === true && newest.state !== 'streaming';
  if (isWhole) log.info({ room, event }, 'answered before the record was restored: not answered again');
  return isWhole;
}
