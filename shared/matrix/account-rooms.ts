import { field, list, numberField, record, textField } from '../config/json.ts';
import type { RoomId, UserId } from '../ids/ids.ts';
import { roomIdOf } from './decode.ts';
import { type MatrixHttp, path } from './http.ts';
import { isRefusal } from './http-error.ts';
import { readRoomState } from './room-state.ts';
import { joinedRooms, roomState } from './rooms.ts';

/**
 * `space`, `room`: by our own state in it. `dm`: the account came by an invitation. `invitation`: never accepted. `made`: the
 * account made it, and it bears no state of ours. `foreign`: the account went there by itself, or was let in by somebody's hand.
 */
export type AccountRoomKind = 'space' | 'room' | 'dm' | 'invitation' | 'made' | 'foreign';

/** A room in the account's list, as the homeserver knows it. */
export type AccountRoom = {
  readonly roomId: RoomId;
  readonly kind: AccountRoomKind;
  readonly membership: 'join' | 'invite' | 'leave';
  /** Of Spaces and rooms, by our state. */
  readonly owner?: UserId;
  readonly name?: string;
  /** Who else is in it or invited, and may be removed by the account: only of rooms that it made. */
  readonly removable: readonly UserId[];
};

/** One request a room: see own-rooms.ts. */
const AT_ONCE = 16;
const RETRIES = 4;
/** The first answer of /sync takes as long as the rooms are many. */
const SYNC_MS = 2 * 60_000;
/** Changes of members that are looked through for the invitation. */
const PAGE = 100;
const MOST_PAGES = 20;

/**
 * Every room that the account is in, is invited to, or has left and not forgotten. What kind it is, is read from Matrix alone,
 * so that the answer is the same with the record and without.
 */
export async function accountRooms(http: MatrixHttp, self: UserId): Promise<AccountRoom[]> {
  const [joined, { invited, left }] = await Promise.all([joinedRooms(http), roomsBesideJoined(http)]);
  const rooms: AccountRoom[] = invited.map((roomId) => ({
    roomId,
    kind: 'invitation',
    membership: 'invite',
    removable: [],
  }));
  const among = [
    ...joined.map((roomId) => ({ roomId, membership: 'join' as const })),
    ...left.filter((roomId) => !joined.includes(roomId)).map((roomId) => ({ roomId, membership: 'leave' as const })),
  ];
  const queue = among.values();
  const look = async () => {
    for (const { roomId, membership } of queue) {
      const state = await visibleState(http, roomId);
      if (!state) {
        // What was never entered has no state that one may see.
        rooms.push({ roomId, kind: 'invitation', membership, removable: [] });
        continue;
      }
      const read = readAccountRoom(state, self);
      const kind = read.kind ?? ((await cameByInvitation(http, roomId, self)) ? 'dm' : 'foreign');
      rooms.push({ ...read, roomId, kind, membership });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, look));
  return rooms;
}

/** What the state of a room tells; no kind where the account neither made it nor set its own state in it. */
export function readAccountRoom(
  state: readonly unknown[],
  self: UserId,
): { kind?: AccountRoomKind; owner?: UserId; name?: string; removable: UserId[] } {
  const event = (type: string) => state.find((each) => textField(each, 'type') === type && stateKey(each) === '');
  const create = event('m.room.create');
  const own = state.map((each) => (stateKey(each) === '' ? readRoomState(each, self) : undefined)).find(Boolean);
  const isMade = textField(create, 'sender') === self;
  const name = textField(field(event('m.room.name'), 'content'), 'name');
  const kind = own ? (own.kind === 'space' ? 'space' : 'room') : isMade ? 'made' : undefined;
  const power = field(event('m.room.power_levels'), 'content');
  return {
    ...(kind && { kind }),
    ...(own && { owner: own.owner }),
    ...(name && { name }),
    removable: isMade || own ? removableBy(self, state, power) : [],
  };
}

/** Client-server API, “m.room.power_levels”: kicking takes the level `kick` (50) and one above the other's. */
function removableBy(self: UserId, state: readonly unknown[], power: unknown): UserId[] {
  const users = field(power, 'users');
  const levelOf = (user: string) => numberField(users, user) ?? numberField(power, 'users_default') ?? 0;
  const mine = levelOf(self);
  if (mine < (numberField(power, 'kick') ?? 50)) return [];
  return state.flatMap((each) => {
    const user = stateKey(each);
    if (textField(each, 'type') !== 'm.room.member' || user === undefined || user === self) return [];
    const membership = textField(field(each, 'content'), 'membership') ?? '';
    if (!['join', 'invite', 'knock'].includes(membership) || levelOf(user) >= mine) return [];
    return [user as UserId];
  });
}

function stateKey(event: unknown): string | undefined {
  return textField(event, 'state_key');
}

/** Undefined where the homeserver does not show it. */
async function visibleState(http: MatrixHttp, room: RoomId): Promise<readonly unknown[] | undefined> {
  try {
    return await roomState(http, room);
  } catch (error) {
    if (isRefusal(error)) return undefined;
    throw error;
  }
}

/** By the history of the account's own membership, since a later profile has taken the invitation's place in the state. */
async function cameByInvitation(http: MatrixHttp, room: RoomId, self: UserId): Promise<boolean> {
  let from: string | undefined;
  for (let page = 0; page < MOST_PAGES; page++) {
    const answer = await http.request({
      kind: 'messages',
      method: 'GET',
      path: path`/_matrix/client/v3/rooms/${room}/messages`,
      query: { dir: 'b', limit: PAGE, from, filter: JSON.stringify({ types: ['m.room.member'] }) },
      retries: RETRIES,
    });
    const events = list(field(answer, 'chunk'));
    const isInvitation = (event: unknown) =>
      stateKey(event) === self && textField(field(event, 'content'), 'membership') === 'invite';
    if (events.some(isInvitation)) return true;
    from = textField(answer, 'end');
    if (from === undefined || events.length === 0) return false;
  }
  return false;
}

/** No list tells of these but a first /sync. */
async function roomsBesideJoined(http: MatrixHttp): Promise<{ invited: RoomId[]; left: RoomId[] }> {
  const nothing = { types: [] as string[] };
  const filter = {
    presence: nothing,
    account_data: nothing,
    room: {
      include_leave: true,
      ephemeral: nothing,
      account_data: nothing,
      state: nothing,
      // A room with nothing in it is left out; the name that no event has makes each call a question of its own, because
      // Synapse keeps the answers of first syncs for some minutes.
      timeline: { types: ['m.room.member', `dev.surfaces.asked.${Date.now()}`], limit: 1 },
    },
  };
  const answer = await http.request({
    kind: 'sync',
    method: 'GET',
    path: '/_matrix/client/v3/sync',
    query: { set_presence: 'offline', timeout: 0, filter: JSON.stringify(filter) },
    timeoutMs: SYNC_MS,
    retries: RETRIES,
  });
  const ids = (kind: string) =>
    Object.keys(record(field(field(answer, 'rooms'), kind)) ?? {}).flatMap((id) => roomIdOf(id) ?? []);
  return { invited: ids('invite'), left: ids('leave') };
}
