import { type EventId, laneOf, type RoomId, type UserId } from '../../../shared/ids/ids.ts';
import type { Late, MessageItem } from '../../../shared/matrix/work-item.ts';
import type { PageContents } from '../page-contents.ts';
import type { OwnMessage } from './own-messages.ts';
import { isStreaming, type Stretch } from './read-stretch.ts';
import type { AskedItem } from './what-is-done.ts';

/** A command older than this is not executed: who wrote it has seen that nothing happened, and may have gone on otherwise. */
const COMMAND_AGE_MS = 10 * 60_000;

export type CatchUpLimits = {
  /** Messages of one room that are still answered: the newest. */
  readonly messages: number;
  readonly ageMs: number;
};

/** What comes of looking back in one room. */
export type RoomPlan = Pick<PageContents, 'items' | 'amendments'> & {
  /** Messages of answers that go on, for the record of what streams. */
  readonly live: readonly OwnMessage[];
};

type Fate = { readonly do: 'run' | 'leave' } | { readonly do: 'close'; readonly late: Late };

/**
 * What is taken in of what people asked for and nobody did: the newest messages, up to a number and an age. What is left
 * out is told in one notice, at the place of the newest of it. An answer that streams goes on with its question, or is
 * closed where that is too old. Everything in the order of the timeline.
 * @param place.at the time that ages are measured from, the same however often this is tried, milliseconds.
 * @param place.whole false where there is more before the stretch, of which nothing is known.
 */
export function planRoom(
  stretch: Stretch,
  limits: CatchUpLimits,
  place: { readonly room: RoomId; readonly owner: UserId; readonly at: number; readonly whole: boolean },
): RoomPlan {
  const { asked, begun, done } = stretch;
  const undone = asked.filter(({ key }) => !done.events.has(key as EventId));
  const fates = fatesOf(undone, begun, limits, place.at);
  const left = undone.filter(({ key }) => fates.get(key)?.do === 'leave');
  const leftOut: Late = { leftOut: left.length, orMore: !place.whole && done.through < 0 };
  const items: PageContents['items'][number][] = [];
  for (const item of undone) {
    const fate = fates.get(item.key)!;
    if (fate.do === 'run') items.push(withoutTo(item));
    else if (fate.do === 'close') items.push(toldInstead(item, fate.late));
    else if (item === left.at(-1)) items.push(toldInstead(item, leftOut));
  }
  const run = new Set(undone.filter(({ key }) => fates.get(key)?.do === 'run').map(({ key }) => key));
  const closed = new Set(undone.filter(({ key }) => fates.get(key)?.do === 'close').map(({ key }) => key));
  const orphans = [...begun].filter(([question, parts]) => {
    return !run.has(question) && !closed.has(question) && parts.some(isStreaming);
  });
  return {
    items: [...orphans.map(([question, parts]) => orphan(question, parts, asked, place)), ...items],
    amendments: stretch.amendments
      .filter(({ target }) => run.has(target))
      .map(({ to: _to, ...amendment }) => amendment),
    live: [...begun].flatMap(([question, parts]) => (run.has(question) ? parts : [])),
  };
}

/** From the newest on, so that the number counts those. */
function fatesOf(
  undone: readonly AskedItem[],
  begun: Stretch['begun'],
  limits: CatchUpLimits,
  at: number,
): Map<string, Fate> {
  const fates = new Map<string, Fate>();
  let more = limits.messages;
  for (const { key, body } of undone.toReversed()) {
    // By a clock that is not ours: a time to come counts as now, none at all as long ago.
    const ageMs = at - body.originTs;
    const parts = (begun.get(key as EventId) ?? []).filter(isStreaming);
    const isCommand = body.type === 'command';
    if (parts.length > 0) {
      // What a `!retry` asked again is not in the record any more.
      const goesOn = !isCommand && ageMs <= limits.ageMs;
      fates.set(key, goesOn ? { do: 'run' } : { do: 'close', late: lateBegun(parts) });
      continue;
    }
    const runs = isCommand ? ageMs <= COMMAND_AGE_MS : ageMs <= limits.ageMs && more > 0;
    if (runs && !isCommand) more -= 1;
    fates.set(key, { do: runs ? 'run' : 'leave' });
  }
  return fates;
}

function lateBegun(parts: readonly OwnMessage[]): Late {
  return { begun: parts.map(({ op, part, eventId, text }) => ({ op, part, id: eventId, text })) };
}

/** Said by whoever runs the room's turns, in the room's order; its key stays that of the event, so that it is said once. */
function toldInstead({ key, body }: AskedItem, late: Late): PageContents['items'][number] {
  return { key, lane: laneOf.room(body.room), queue: 'turns', body: { ...body, late } };
}

/** An answer that streams and whose question is out of sight, taken back, or done by another answer: it is closed. */
function orphan(
  question: EventId,
  parts: readonly OwnMessage[],
  asked: readonly AskedItem[],
  { room, owner, at }: { readonly room: RoomId; readonly owner: UserId; readonly at: number },
): PageContents['items'][number] {
  const known = asked.find(({ key }) => key === question);
  const lost: MessageItem = {
    v: 1,
    type: 'message',
    room,
    sender: owner,
    event: question,
    originTs: 0,
    receivedTs: at,
    text: '',
    mentions: [],
  };
  const body = { ...(known?.body ?? lost), late: lateBegun(parts.filter(isStreaming)) };
  return { key: question, lane: laneOf.room(room), queue: 'turns', body };
}

function withoutTo({ to: _to, ...item }: AskedItem): PageContents['items'][number] {
  return item;
}
