import { field, list } from '../config/json.ts';
import { SurfacesError } from '../errors/surfaces-error.ts';
import { type EventId, type RoomId, serverOf, type UserId } from '../ids/ids.ts';
import { type MatrixHttp, path } from './http.ts';
import { isRefusal } from './http-error.ts';
import { initialState, powerLevels, type RoomState } from './room-state.ts';

/** Version 12 (this Synapse's default) makes the creator immune and its room ids have no server: pinned until it is wanted. */
export const ROOM_VERSION = '11';
const RETRIES = 4;
/** createRoom takes a while where its invitations go to other servers. */
const CREATE_MS = 60_000;

export type NewRoom = {
  readonly self: UserId;
  readonly state: RoomState;
  readonly name: string;
  readonly topic?: string;
  /** `mxc://` of its picture. */
  readonly avatar?: string;
  /** The Space that a chat belongs to. */
  readonly parent?: RoomId;
  /** Invitations that are part of createRoom count less against the homeserver's limits than later ones. */
  readonly invite: readonly UserId[];
};

/**
 * Makes a Space or a chat. Not to be repeated when the outcome is unknown (`matrix_unavailable`): look for the room by
 * `state.op` first, with `findOwnRooms`. `matrix_limited` means that nothing was made.
 */
export async function createRoom(http: MatrixHttp, room: NewRoom): Promise<RoomId> {
  const { self, state, parent } = room;
  const via = serverOf(self);
  try {
    const answer = await http.request<{ room_id: RoomId }>({
      kind: 'create_room',
      method: 'POST',
      path: '/_matrix/client/v3/createRoom',
      timeoutMs: CREATE_MS,
      body: {
        preset: 'private_chat',
        visibility: 'private',
        room_version: ROOM_VERSION,
        name: room.name,
        topic: room.topic,
        invite: room.invite,
        creation_content: state.kind === 'space' ? { type: 'm.space' } : {},
        power_level_content_override: powerLevels(state.kind, self, state.owner),
        initial_state: initialState(state, parent && { space: parent, via }, room.avatar),
      },
    });
    return answer.room_id;
  } catch (error) {
    // Synapse says 400, not 429, where the limit of invitations in createRoom is met; nothing was made then.
    if (isRefusal(error) && /invite so many/i.test(error.message))
      throw new SurfacesError('matrix_limited', error.message, { cause: error, retryAfterMs: 10_000 });
    throw error;
  }
}

/** Sets state; the same content again is the same event. */
export async function putState(
  http: MatrixHttp,
  room: RoomId,
  type: string,
  stateKey: string,
  content: Readonly<Record<string, unknown>>,
): Promise<EventId> {
  const answer = await http.request<{ event_id: EventId }>({
    kind: 'state',
    method: 'PUT',
    path: path`/_matrix/client/v3/rooms/${room}/state/${type}/${stateKey}`,
    body: content,
    retries: RETRIES,
  });
  return answer.event_id;
}

/** Puts a room into a Space, after those that are there. */
export async function linkChild(http: MatrixHttp, space: RoomId, child: RoomId, self: UserId): Promise<void> {
  await putState(http, space, 'm.space.child', child, { via: [serverOf(self)], suggested: false });
}

/** Takes a room out of a Space; the room itself stays. */
export async function unlinkChild(http: MatrixHttp, space: RoomId, child: RoomId): Promise<void> {
  await putState(http, space, 'm.space.child', child, {});
}

export async function joinRoom(http: MatrixHttp, room: RoomId): Promise<void> {
  await http.request({
    kind: 'join',
    method: 'POST',
    path: path`/_matrix/client/v3/join/${room}`,
    body: {},
    retries: RETRIES,
    timeoutMs: CREATE_MS,
  });
}

export async function leaveRoom(http: MatrixHttp, room: RoomId): Promise<void> {
  await http.request({
    kind: 'leave',
    method: 'POST',
    path: path`/_matrix/client/v3/rooms/${room}/leave`,
    body: {},
    retries: RETRIES,
  });
}

/** Invites; `there` when the person is in the room or invited already. */
export async function invite(http: MatrixHttp, room: RoomId, user: UserId): Promise<'invited' | 'there'> {
  const member = await stateContent(http, room, 'm.room.member', user);
  const membership = field(member, 'membership');
  if (membership === 'join' || membership === 'invite') return 'there';
  await http.request({
    kind: 'invite',
    method: 'POST',
    path: path`/_matrix/client/v3/rooms/${room}/invite`,
    body: { user_id: user },
    retries: RETRIES,
  });
  return 'invited';
}

export async function joinedRooms(http: MatrixHttp): Promise<RoomId[]> {
  const answer = await http.request<{ joined_rooms: RoomId[] }>({
    kind: 'joined_rooms',
    method: 'GET',
    path: '/_matrix/client/v3/joined_rooms',
    retries: RETRIES,
  });
  return answer.joined_rooms;
}

/** The members who are in the room now. */
export async function joinedMembers(http: MatrixHttp, room: RoomId): Promise<UserId[]> {
  const answer = await http.request<{ joined: Record<string, unknown> }>({
    kind: 'members',
    method: 'GET',
    path: path`/_matrix/client/v3/rooms/${room}/joined_members`,
    retries: RETRIES,
  });
  return Object.keys(answer.joined) as UserId[];
}

/** All state events of a room: of a Space, its whole topology in one answer. */
export async function roomState(http: MatrixHttp, room: RoomId): Promise<readonly unknown[]> {
  const answer = await http.request<unknown>({
    kind: 'room_state',
    method: 'GET',
    path: path`/_matrix/client/v3/rooms/${room}/state`,
    retries: RETRIES,
  });
  return list(answer);
}

/** The content of one state event; undefined where there is none or the room is not ours to see. */
export async function stateContent(
  http: MatrixHttp,
  room: RoomId,
  type: string,
  stateKey: string,
): Promise<Record<string, unknown> | undefined> {
  try {
    return await http.request({
      kind: 'state_event',
      method: 'GET',
      path: path`/_matrix/client/v3/rooms/${room}/state/${type}/${stateKey}`,
      retries: RETRIES,
    });
  } catch (error) {
    if (isRefusal(error, 'M_NOT_FOUND') || isRefusal(error, 'M_FORBIDDEN')) return undefined;
    throw error;
  }
}
