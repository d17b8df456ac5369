import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { BOT, roomIds, stateOf } from './simulated-rooms.ts';

/**
 * As a process of its own: a homeserver that knows nothing but which rooms the bot is in and what their state is.
 * Arguments: how many people, and how many rooms each of them has. Sends its port.
 */
const [people, rooms] = process.argv.slice(2).map(Number) as [number, number];
const ids = roomIds(people, rooms);

const server = createServer((request, response) => {
  const path = decodeURIComponent(request.url!);
  const room = /\/rooms\/([^/]+)\/state$/.exec(path)?.[1];
  const answer = room
    ? stateOf(room, rooms)
    : path.endsWith('/joined_rooms')
      ? { joined_rooms: ids }
      : { user_id: BOT };
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(answer));
});
server.listen(0, '127.0.0.1', () => process.send!((server.address() as AddressInfo).port));
process.once('disconnect', () => process.exit(0));
