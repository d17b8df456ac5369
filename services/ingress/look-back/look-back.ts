import { isRefusal } from '../../../shared/matrix/http-error.ts';
import { findOwnRooms, type OwnRoom } from '../../../shared/matrix/own-rooms.ts';
import { askCold } from '../ask-sync.ts';
import { gapIn } from '../gap.ts';
import { handOn } from '../hand-on.ts';
import { NOTHING, type PageContents, together } from '../page-contents.ts';
import { readPage } from '../read-page.ts';
import type { SyncParts } from '../sync-parts.ts';
import { type LookBack, lookBackToken } from './look-back-token.ts';
import { planRoom } from './plan-room.ts';
import { readBack } from './read-back.ts';

/** One page of /messages each, mostly; and one step of the token. */
const AT_ONCE = 8;

/**
 * Begins without a record of where /sync had got to: takes a token of now, and what nobody has answered in our rooms before
 * it. The token is stored first, with how far the look back has come; whoever is killed is gone on from there.
 * @param from what stands in the record: `''`, or a token that the homeserver does not know.
 * @returns the token to go on from.
 */
export async function beginWithoutToken(parts: SyncParts, from: string, signal: AbortSignal): Promise<string> {
  const { http, self, log } = parts;
  const at = Date.now();
  const { answer, to: token } = await askCold(parts, signal);
  const invitations = await readPage(answer, { http, self, since: from, to: token, now: at, signal });
  const rooms = await findOwnRooms(http, self);
  if (rooms.length === 0) {
    await handOn(parts, { from, to: token, ...invitations }, signal);
    return token;
  }
  log.warn({ rooms: rooms.length }, 'there is no record of what was done in our rooms: Matrix is asked');
  await parts.reconciled(signal);
  const state: LookBack = { token, at, done: '' };
  await handOn(parts, { from, to: lookBackToken(state), ...invitations }, signal);
  return goOnLookingBack(parts, state, signal, rooms);
}

/**
 * From where a look back has come to. Rooms in the order of their ids; the token moves over finished ones only.
 * @param ours our rooms, where they were found just now.
 */
export async function goOnLookingBack(
  parts: SyncParts,
  begun: LookBack,
  signal: AbortSignal,
  ours?: readonly OwnRoom[],
): Promise<string> {
  const { http, self, readiness, log } = parts;
  const all = (ours ?? (await findOwnRooms(http, self))).filter(({ state }) => state.kind === 'chat');
  const rooms = all
    .filter(({ roomId }) => roomId > begun.done)
    .sort((one, other) => (one.roomId < other.roomId ? -1 : 1));
  let state = begun;
  let taken = 0;
  for (let first = 0; first < rooms.length; first += AT_ONCE) {
    readiness.unmet('sync', `looks back in our rooms: ${all.length - rooms.length + first} of ${all.length}`);
    const some = rooms.slice(first, first + AT_ONCE);
    const found = await Promise.all(some.map((room) => lookBackIn(parts, room, begun, signal)));
    const next = { ...state, done: some.at(-1)!.roomId };
    const contents = together(found);
    await handOn(parts, { from: lookBackToken(state), to: lookBackToken(next), ...contents }, signal);
    taken += contents.items.length;
    state = next;
  }
  await handOn(parts, { from: lookBackToken(state), to: state.token, ...NOTHING }, signal);
  log.info({ rooms: all.length, items: taken }, 'looked back: what nobody had answered is taken in');
  return state.token;
}

async function lookBackIn(
  { http, self, limits }: SyncParts,
  own: OwnRoom,
  begun: LookBack,
  signal: AbortSignal,
): Promise<PageContents> {
  const { token, at } = begun;
  const { roomId: room, state } = own;
  try {
    const { stretch, whole } = await readBack(http, room, { self, from: token, receivedTs: at, signal });
    const { live, ...plan } = planRoom(stretch, limits, { room, owner: state.owner, at, whole });
    return { ...plan, rejects: [], live: live.map((message) => ({ ...message, room })) };
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return unreadable(own, error.message, begun);
  }
}

/** What it holds is not known; that is said, as of any gap. */
function unreadable({ roomId: room, state: { owner } }: OwnRoom, why: string, { token, at }: LookBack): PageContents {
  const gap = gapIn(room, token, why, { sender: owner, now: at });
  return { ...NOTHING, items: [gap.item], rejects: [gap.reject] };
}
