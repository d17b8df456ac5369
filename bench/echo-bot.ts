import { Person } from '../services/cli/demo/person/person.ts';

/**
 * The baseline: a bot that is a sync loop and a PUT, and nothing else. What a homeserver adds to the way of a message
 * is in its figures too, so the difference is what surfaces adds.
 *
 *   node bench/echo-bot.ts HOMESERVER_URL USER_ID ACCESS_TOKEN
 */
const [homeserverUrl = '', userId = '', accessToken = ''] = process.argv.slice(2);
const bot = await new Person({ homeserverUrl, userId, accessToken }).start();
const handled = new Map<string, number>();
for (const room of bot.rooms.values()) handled.set(room.roomId, room.events.length);
process.send?.('ready');

while (
  await bot
    .until('something', answerWhatIsNew, 3_600_000)
    .then(() => true)
    .catch(() => false)
);

function answerWhatIsNew(): false {
  for (const { roomId, inviter } of [...bot.invitations.values()]) {
    bot.invitations.delete(roomId);
    if (inviter) void bot.join(roomId);
  }
  for (const room of bot.rooms.values()) {
    for (const { event } of room.events.slice(handled.get(room.roomId) ?? 0)) {
      if (event.type !== 'm.room.message' || event.sender === bot.userId) continue;
      void bot.send(room.roomId, 'm.room.message', {
        msgtype: 'm.text',
        body: event.content.body,
        'dev.surfaces': { in_response_to: event.event_id },
      });
    }
    handled.set(room.roomId, room.events.length);
  }
  return false;
}
