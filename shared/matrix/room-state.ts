import { field, textField } from '../config/json.ts';
import { SurfacesError } from '../errors/surfaces-error.ts';
import type { OpId, RoomId, SessionId, UserId } from '../ids/ids.ts';
import type { PowerLevelsEventContent } from './sdk.ts';

/** Our own state in each room of ours, state key empty. It counts only if the bot sent it. */
export const ROOM_TYPE = 'dev.surfaces.room';

export type RoomState = {
  readonly kind: 'space' | 'chat';
  readonly owner: UserId;
  /** Chats only. */
  readonly session_id?: SessionId;
  readonly state: 'active' | 'archived';
  readonly op: OpId;
};

/** Our state from an event of any shape; undefined if it is not ours or not whole. */
export function readRoomState(event: unknown, self: UserId): RoomState | undefined {
  if (textField(event, 'type') !== ROOM_TYPE || textField(event, 'sender') !== self) return undefined;
  const content = field(event, 'content');
  const kind = textField(content, 'kind');
  const owner = textField(content, 'owner');
  const state = textField(content, 'state');
  const op = textField(content, 'op');
  const session = textField(content, 'session_id');
  if (kind !== 'space' && kind !== 'chat') return undefined;
  if (state !== 'active' && state !== 'archived') return undefined;
  if (owner === undefined || op === undefined || (kind === 'chat' && session === undefined)) return undefined;
  return {
    kind,
    owner: owner as UserId,
    state,
    op: op as OpId,
    ...(session !== undefined && { session_id: session as SessionId }),
  };
}

/**
 * Who may do what in a room of ours. Everything is said, since the presets leave `invite` at 0 and clients fill gaps
 * differently. The owner (50) invites others, sets the name, topic and picture, and removes a guest or a message. What the
 * bot lives by (our state, the links between Space and rooms, power, encryption, access) is the bot's alone (100).
 * In a Space nobody writes messages.
 */
export function powerLevels(kind: RoomState['kind'], self: UserId, owner: UserId): PowerLevelsEventContent {
  if (self === owner) throw new SurfacesError('internal', 'the bot cannot own a room');
  return {
    users: { [self]: 100, [owner]: 50 },
    users_default: 0,
    events: {
      [ROOM_TYPE]: 100,
      'm.room.name': 50,
      'm.room.topic': 50,
      'm.room.avatar': 50,
      'm.room.pinned_events': 50,
      'm.room.power_levels': 100,
      'm.room.encryption': 100,
      'm.room.history_visibility': 100,
      'm.room.join_rules': 100,
      'm.room.guest_access': 100,
      'm.room.canonical_alias': 100,
      'm.room.server_acl': 100,
      'm.room.tombstone': 100,
      'm.space.child': 100,
      'm.space.parent': 100,
    },
    events_default: kind === 'space' ? 100 : 0,
    state_default: 100,
    invite: 50,
    kick: 50,
    ban: 50,
    redact: 50,
    notifications: { room: 50 },
  };
}

/** What createRoom is given beside the name: our state and, for a chat, its place in the Space. */
export function initialState(
  state: RoomState,
  parent: { space: RoomId; via: string } | undefined,
  avatar?: string,
): { type: string; state_key: string; content: Record<string, unknown> }[] {
  const link = parent && {
    type: 'm.space.parent',
    state_key: parent.space,
    content: { via: [parent.via], canonical: true },
  };
  return [
    { type: ROOM_TYPE, state_key: '', content: { ...state } },
    // From the invitation on: what was said before somebody was let in is not theirs to read.
    { type: 'm.room.history_visibility', state_key: '', content: { history_visibility: 'invited' } },
    { type: 'm.room.guest_access', state_key: '', content: { guest_access: 'forbidden' } },
    ...(link ? [link] : []),
    ...(avatar === undefined ? [] : [{ type: 'm.room.avatar', state_key: '', content: { url: avatar } }]),
  ];
}
