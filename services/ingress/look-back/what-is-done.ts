import type { EventId } from '../../../shared/ids/ids.ts';
import type { Classified } from '../../../shared/matrix/classify.ts';
import { placementOf } from '../../../shared/matrix/command-placement.ts';
import { endsAnswer, type OwnMessage } from './own-messages.ts';

export type AskedItem = Extract<Classified, { to: 'item' }>;

/**
 * How far a message of ours settles what it responds to: `itself` alone; also all that stands before it (`through`), since
 * a room's lane is done in order; or nothing, because more is to come.
 */
export type Reach = 'through' | 'itself' | 'nothing';

/** Notices in the middle of what they are about. Those of files say why one did not come; its text may still be answered. */
const NOT_FINAL = new Set(['rate_limited', 'scan_unavailable']);
const OF_FILES = new Set([
  ...['file_too_large', 'file_unavailable', 'file_refused', 'quota_exceeded'],
  ...['volume_full', 'volume_unwritable'],
]);
/** As the command reads it. */
const ALL = /^(all|все|всё)$/i;

export function reachOf(own: OwnMessage, { body }: AskedItem): Reach {
  if (body.type === 'command') {
    // Of a `!retry`: a turn like any other.
    if (own.kind === 'answer') return endsAnswer(own) ? 'through' : 'nothing';
    // What waited then has been dropped, without a word of its own.
    if (body.name === 'stop' && ALL.test(body.rest)) return 'through';
    return placementOf(body.name) === 'in_order' ? 'through' : 'itself';
  }
  if (body.type !== 'message') return 'itself';
  // A number that picked from a list.
  if (own.kind === 'command') return 'through';
  if (own.kind === 'answer') return endsAnswer(own) ? 'through' : 'nothing';
  if (own.kind !== 'notice' || own.code === undefined || NOT_FINAL.has(own.code)) return 'nothing';
  // A flood's notice stands for messages behind others that wait still.
  if (own.code === 'queue_full') return 'itself';
  if (OF_FILES.has(own.code)) return body.text.trim() === '' ? 'itself' : 'nothing';
  return 'through';
}

export type Done = {
  /** The newest event of which everything before it is done, as an index into `asked`; -1 where there is none. */
  readonly through: number;
  readonly events: ReadonlySet<EventId>;
};

/** Which of the things that people asked for have been done, by what we said in response. `asked`: oldest first. */
export function whatIsDone(asked: readonly AskedItem[], ours: readonly OwnMessage[]): Done {
  const indexes = new Map(asked.map(({ key }, index) => [key as EventId, index]));
  const events = new Set<EventId>();
  let through = -1;
  for (const own of ours) {
    const index = own.inResponseTo === undefined ? undefined : indexes.get(own.inResponseTo);
    if (index === undefined) continue;
    const reach = reachOf(own, asked[index]!);
    if (reach === 'through') through = Math.max(through, index);
    if (reach !== 'nothing') events.add(own.inResponseTo!);
  }
  for (const { key } of asked.slice(0, through + 1)) events.add(key as EventId);
  return { through, events };
}
