import type { UserId } from '../shared/ids/ids.ts';
import { powerLevels } from '../shared/matrix/room-state.ts';

export const BOT = '@surfaces:bench' as UserId;

/** `!space3:bench`, `!room3.7:bench` */
const ROOM = /^!(?:space|room)(\d+)(?:\.(\d+))?:bench$/;

/** Of so many people, each with a Space and so many rooms. */
export function roomIds(people: number, rooms: number): string[] {
  return Array.from({ length: people }, (_, owner) => [
    `!space${owner}:bench`,
    ...Array.from({ length: rooms }, (_, room) => `!room${owner}.${room}:bench`),
  ]).flat();
}

export function ownerOf(id: string): UserId {
  return `@person${ROOM.exec(id)![1]}:bench` as UserId;
}

export type StateEvent = Readonly<Record<string, unknown>> & { readonly type: string; readonly content: unknown };

/** As many events as a room of ours has in earnest, each with all that Synapse puts into it. @param rooms that each person has. */
export function stateOf(id: string, rooms: number): StateEvent[] {
  const [, person, room] = ROOM.exec(id)!;
  const owner = ownerOf(id);
  const kind = room === undefined ? 'space' : 'chat';
  const event = (type: string, content: unknown, { sender = BOT as string, state_key = '' } = {}): StateEvent => ({
    ...{ type, content, sender, state_key, room_id: id, user_id: sender, origin_server_ts: 1_790_000_000_000 },
    event_id: `$${Buffer.from(`${id}${type}${state_key}`).toString('base64url').slice(0, 43).padEnd(43, 'x')}`,
    unsigned: { age: 86_400_000, membership: 'join' },
    age: 86_400_000,
  });
  const member = (user: string) =>
    event('m.room.member', { membership: 'join', displayname: user }, { sender: user, state_key: user });
  const session = kind === 'chat' && { session_id: `chat-${person}.${room}` };
  const children = Array.from({ length: kind === 'space' ? rooms : 0 }, (_, child) =>
    event('m.space.child', { via: ['bench'], suggested: false }, { state_key: `!room${person}.${child}:bench` }),
  );
  return [
    event('m.room.create', { room_version: '11', ...(kind === 'space' && { type: 'm.space' }) }),
    ...[member(BOT), member(owner)],
    event('m.room.power_levels', powerLevels(kind, BOT, owner)),
    event('dev.surfaces.room', { kind, owner, state: 'active', op: `op-${id}`, ...session }),
    event('m.room.name', { name: kind === 'space' ? `Person ${person}` : `Conversation ${room} of ${person}` }),
    event('m.room.topic', { topic: 'A conversation with an agent' }),
    event('m.room.join_rules', { join_rule: 'invite' }),
    event('m.room.history_visibility', { history_visibility: 'invited' }),
    event('m.room.guest_access', { guest_access: 'forbidden' }),
    ...(kind === 'chat' ? [event('m.space.parent', { via: ['bench'], canonical: true })] : children),
  ];
}
