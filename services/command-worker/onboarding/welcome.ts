import { isAllowed } from '../../../shared/delivery/allow.ts';
import { spokenBy } from '../../../shared/delivery/language.ts';
import { roomLink } from '../../../shared/delivery/links.ts';
import { saying, toSends } from '../../../shared/delivery/utterances.ts';
import { opId, type RoomId } from '../../../shared/ids/ids.ts';
import type { Send } from '../../../shared/lane/lane.ts';
import { isRefusal } from '../../../shared/matrix/http-error.ts';
import { joinRoom, leaveRoom, linkChild } from '../../../shared/matrix/rooms.ts';
import type { InviteItem } from '../../../shared/matrix/work-item.ts';
import { isBlocked } from '../../../shared/store/blocked.ts';
import { putPerson, tellOnce } from '../../../shared/store/people.ts';
import { putRoom } from '../../../shared/store/rooms.ts';
import type { Language } from '../../../shared/texts/detect-language.ts';
import { say, sayPlain } from '../../../shared/texts/say.ts';
import type { CommandParts } from '../command.ts';
import { ensureSpace, nameOf } from '../rooms/ensure-space.ts';
import { inviteAgain } from '../rooms/room-life.ts';
import { tellOfGone } from '../rooms/tell-of-gone.ts';
import { comeBack } from './come-back.ts';
import { roomsInUse } from './first-room.ts';

export type WelcomeDeps = Pick<CommandParts, 'database' | 'http' | 'self' | 'agent' | 'allow' | 'admission' | 'log'>;

/**
 * An invitation: join, and give the person a Space with a first room, or lead them back to what they have. Every step is
 * safe to repeat, so that this may be killed between any two calls. It runs in the lane of the person, so two invitations at once
 * come one after the other and the second finds what the first has made.
 */
export async function welcome(item: InviteItem, deps: WelcomeDeps): Promise<Send[]> {
  const { database, http, self, allow, log } = deps;
  const { sender: owner, room: dm, event } = item;
  if ((await deps.admission.admitCommand(owner, event)) !== 'admitted') {
    log.info({ person: owner, room: dm }, 'an invitation is declined: too many of this person in a minute');
    await leaveRoom(http, dm);
    return [];
  }
  const name = await nameOf(http, owner);
  const language = await spokenBy(owner, database, name);
  try {
    await joinRoom(http, dm);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    log.info({ err: error, room: dm }, 'an invitation could not be accepted: it was taken back, or the room is gone');
    return [];
  }
  if (!isAllowed(owner, allow) || (await isBlocked(database, owner))) return turnAway(item, language, deps);
  const back = await comeBack(item, deps);
  if (back) return back;
  await putRoom(database, { roomId: dm, kind: 'dm', owner, sessionId: null, state: 'active', name: null }, null);
  await putPerson(database, { userId: owner, dmRoomId: dm });

  const spaceName = sayPlain(language, 'space_name', { person: name });
  const space = await ensureSpace(owner, { name: spaceName, language }, deps);
  const { rooms, made } = await roomsInUse(owner, { cause: event, space, language }, deps);
  for (const { roomId } of rooms) await linkChild(http, space.roomId, roomId, self);
  const isFirst = await tellOnce(database, space.roomId, owner, 'hello', event);
  for (const { roomId } of [space, ...rooms]) await inviteAgain({ roomId, owner }, deps);
  const values = { space: spaceName, space_link: roomLink(space.roomId, self) };
  return [
    ...toSends([saying('notice', item, say(language, isFirst ? 'hello_dm' : 'welcome_again', values))]),
    ...(await helloIn(rooms.find(({ op }) => op === made)?.roomId, item, language, deps)),
    ...(await tellOfGone(owner, item, language, database)),
  ];
}

/** A room that was made for this invitation says what can be done in it. */
async function helloIn(
  room: RoomId | undefined,
  { sender, event }: InviteItem,
  language: Language,
  { database }: WelcomeDeps,
): Promise<Send[]> {
  if (room === undefined || !(await tellOnce(database, room, sender, 'hello', event))) return [];
  const op = opId('hello', room, event);
  return toSends([{ chat: room, say: { type: 'saying', op, kind: 'notice', text: say(language, 'hello_room') } }]);
}

/** Who may not use the bot is told so in the room of the invitation, once; further invitations are declined without a word. */
async function turnAway(item: InviteItem, language: Language, { database, http, log }: WelcomeDeps): Promise<Send[]> {
  const tell = await tellOnce(database, 'invite', item.sender, 'not_allowed', item.event);
  log.info({ person: item.sender, told: tell }, 'an invitation by a person who is not allowed');
  if (tell) return toSends([saying('notice', item, say(language, 'not_allowed'), 'not_allowed')]);
  await leaveRoom(http, item.room);
  return [];
}
