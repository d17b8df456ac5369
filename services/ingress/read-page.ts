import { field, list, record, textField } from '../../shared/config/json.ts';
import type { RoomId, UserId } from '../../shared/ids/ids.ts';
import { classify } from '../../shared/matrix/classify.ts';
import { decodeInvite, decodeTimelineEvent, roomIdOf } from '../../shared/matrix/decode.ts';
import type { MatrixHttp } from '../../shared/matrix/http.ts';
import type { Inbound } from '../../shared/matrix/inbound.ts';
import { answeredIn, unlessDone } from './answered-before.ts';
import { allSince, type Filled, fillGap, sinceJoin } from './fill-gap.ts';
import { gapIn } from './gap.ts';
import { events, gapFills } from './ingress-metrics.ts';
import { NOTHING, type PageContents, together } from './page-contents.ts';

/** Requests for gaps that are under way at once: after an outage every busy room has one. */
const FILLS_AT_ONCE = 8;

type Context = {
  readonly http: MatrixHttp;
  readonly self: UserId;
  readonly since: string;
  /** The answer's own token. */
  readonly to: string;
  readonly now: number;
  /** The record may be older than Matrix: what we have answered since the old token is looked for, and is no work. */
  readonly mayBeAnswered?: boolean;
  readonly signal?: AbortSignal;
};

/**
 * An answer of /sync as what the record takes in: every event decoded and placed, gaps filled, oldest first in each room.
 * @throws SurfacesError of the requests that fill gaps; never for what stands in an event.
 */
export async function readPage(answer: unknown, context: Context): Promise<PageContents> {
  const rooms = field(answer, 'rooms');
  const inbound: Inbound[] = [];
  for (const [id, room] of entries(rooms, 'invite')) {
    const roomId = roomIdOf(id);
    if (roomId) inbound.push(decodeInvite(roomId, room, context.self, context.since));
  }
  const joined = entries(rooms, 'join').flatMap(([id, room]) => {
    const roomId = roomIdOf(id);
    return roomId ? [{ roomId, room }] : [];
  });
  const timelines = await inGroups(joined, FILLS_AT_ONCE, ({ roomId, room }) => timelineOf(roomId, room, context));
  const left = entries(rooms, 'leave').flatMap(([id, room]) => {
    const roomId = roomIdOf(id);
    return roomId ? decoded(roomId, room).filter((event) => event.kind === 'member') : [];
  });
  return together([placed(inbound, context), ...timelines, placed(left, context)]);
}

async function timelineOf(roomId: RoomId, room: unknown, context: Context): Promise<PageContents> {
  const { http, self, since, to, signal } = context;
  const timeline = field(room, 'timeline');
  const newest = list(field(timeline, 'events'));
  // New to the record, at least.
  if (isNew(room)) return unanswered(roomId, [], await sinceJoin(http, roomId, { self, signal }), context);
  if (context.mayBeAnswered && newest.some(isMessage))
    return unanswered(roomId, newest, await allSince(http, roomId, { from: to, to: since, signal }), context);
  const from = textField(timeline, 'prev_batch');
  if (field(timeline, 'limited') !== true || from === undefined) return placed(decoded(roomId, room), context);
  return complete(roomId, newest, await fillGap(http, roomId, { self, from, to: since, signal }), context);
}

/** What was fetched, our own events among it, and what came with the page: without what we have answered. */
function unanswered(roomId: RoomId, newest: readonly unknown[], filled: Filled, context: Context): PageContents {
  const answered = answeredIn(roomId, filled.events, context.self);
  const theirs = filled.events.filter((event) => textField(event, 'sender') !== context.self);
  const as = (event: Inbound) => unlessDone(event, answered);
  return { ...complete(roomId, newest, { ...filled, events: theirs }, context, as), live: answered.live };
}

/** What was fetched, then what came with the page; an event that is in both counts where it came first. */
function complete(
  roomId: RoomId,
  newest: readonly unknown[],
  filled: Filled,
  context: Context,
  as: (event: Inbound) => Inbound = (event) => event,
): PageContents {
  gapFills.inc({ outcome: filled.missing === undefined ? 'whole' : 'missing' });
  const known = new Set<string>();
  const inbound = [...filled.events, ...newest].map((event) => decodeTimelineEvent(roomId, event));
  const once = inbound.filter((event) => {
    if (!('eventId' in event)) return true;
    const fresh = !known.has(event.eventId);
    known.add(event.eventId);
    return fresh;
  });
  const contents = placed(once.map(as), context);
  if (filled.missing === undefined) return contents;
  const first = once.find((event) => event.kind === 'message');
  const sender = first?.kind === 'message' ? first.sender : context.self;
  const gap = gapIn(roomId, context.since, filled.missing, { sender, now: context.now });
  return together([{ ...NOTHING, items: [gap.item], rejects: [gap.reject] }, contents]);
}

function placed(inbound: readonly Inbound[], { self, now }: Context): PageContents {
  const contents = { items: [], amendments: [], rejects: [], live: [] } as {
    -readonly [Key in keyof PageContents]: PageContents[Key][number][];
  };
  for (const event of inbound) {
    events.inc({ kind: event.kind });
    for (const { to, ...work } of classify(event, self, now)) {
      if (to === 'item') contents.items.push(work as PageContents['items'][number]);
      if (to === 'amendment') contents.amendments.push(work as PageContents['amendments'][number]);
      if (to === 'reject') contents.rejects.push(work as PageContents['rejects'][number]);
    }
  }
  return contents;
}

/** Of what may have been answered. */
function isMessage(event: unknown): boolean {
  const type = textField(event, 'type');
  return type === 'm.room.message' || type === 'm.room.encrypted';
}

function decoded(roomId: RoomId, room: unknown): Inbound[] {
  return list(field(field(room, 'timeline'), 'events')).map((event) => decodeTimelineEvent(roomId, event));
}

/** A room that we were not in at the old token comes with its whole state, so with the event that made it. */
function isNew(room: unknown): boolean {
  const state = [...list(field(field(room, 'state'), 'events')), ...list(field(field(room, 'timeline'), 'events'))];
  return state.some((event) => textField(event, 'type') === 'm.room.create');
}

function entries(rooms: unknown, name: string): [string, unknown][] {
  return Object.entries(record(field(rooms, name)) ?? {});
}

async function inGroups<In, Out>(
  inputs: readonly In[],
  size: number,
  work: (input: In) => Promise<Out>,
): Promise<Out[]> {
  const outputs: Out[] = new Array(inputs.length);
  const queue = inputs.entries();
  const worker = async () => {
    for (const [index, input] of queue) outputs[index] = await work(input);
  };
  await Promise.all(Array.from({ length: size }, worker));
  return outputs;
}
