import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { UserId } from '../shared/ids/ids.ts';
import { powerLevels } from '../shared/matrix/room-state.ts';

/**
 * As a process of its own: a homeserver that knows nothing but which rooms the bot is in and what their state is.
 * Arguments: how many people, and how many rooms each of them has. Sends its port.
 */
const [people, rooms] = process.argv.slice(2).map(Number) as [number, number];
const BOT = '@surfaces:bench' as UserId;

/** `!space3:bench`, `!room3.7:bench` */
const ROOM = /^!(?:space|room)(\d+)(?:\.(\d+))?:bench$/;
const ids: string[] = [];
for (let owner = 0; owner < people; owner++) {
  ids.push(`!space${owner}:bench`);
  for (let room = 0; room < rooms; room++) ids.push(`!room${owner}.${room}:bench`);
}

/** As many events as a room of ours has in earnest, each with all that Synapse puts into it. */
function stateOf(id: string): unknown[] {
  const [, person, room] = ROOM.exec(id)!;
  const owner = `@person${person}:bench` as UserId;
  const kind = room === undefined ? 'space' : 'chat';
  const event = (type: string, content: unknown, { sender = BOT as string, state_key = '' } = {}) => ({
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

const server = createServer((request, response) => {
  const path = decodeURIComponent(request.url!);
  const room = /\/rooms\/([^/]+)\/state$/.exec(path)?.[1];
  const answer = room ? stateOf(room) : path.endsWith('/joined_rooms') ? { joined_rooms: ids } : { user_id: BOT };
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(answer));
});
server.listen(0, '127.0.0.1', () => process.send!((server.address() as AddressInfo).port));
process.once('disconnect', () => process.exit(0));
