import { eventIdIn } from '../../../shared/diagnosis/event-id-in.ts';
import { decoded, roomIdIn } from '../../../shared/diagnosis/find-room.ts';
import { asUserId, type EventId, type RoomId, type SessionId, type UserId } from '../../../shared/ids/ids.ts';
import {
  causeOf,
  type Depth,
  itemOf,
  operationOf,
  rejectOf,
  roomOfSession,
  turnOf,
} from '../../../shared/store/find-id.ts';
import { guestOf, type KnownPerson, knownPeople } from '../../../shared/store/known-people.ts';
import { type KnownRoom, knownRoom, pageOfRooms } from '../../../shared/store/known-rooms.ts';
import { findPerson } from '../../../shared/store/people.ts';
import type { Database } from '../../../shared/store/postgres.ts';
import { pathOf } from '../page/links.ts';

/** How many of each are listed. */
const MOST = 20;

/** Where a search leads: to one page, to a list, or to nothing, with what is known or advised. */
export type Meant =
  | { readonly to: string }
  | { readonly rooms: readonly KnownRoom[]; readonly people: readonly KnownPerson[] }
  | { readonly nothing: string; readonly deeper?: boolean };

/** What somebody means who searches for `text`: an id of any kind, a link to something, or a piece of a name. */
export async function meant(database: Database, text: string, depth: Depth): Promise<Meant> {
  const room = roomIdIn(text);
  const event = eventIdIn(text);
  const person = userIdIn(text);
  if (event) return ofEvent(database, event, { ...(room && { room }), depth });
  if (room) return ofRoom(database, room);
  if (person) return ofPerson(database, person);
  if (isAlias(text))
    return {
      nothing:
        'The record knows rooms by their ids, not by their addresses. In a client, the room’s settings show the id under “Advanced”; a link to a message of the room has it, too.',
    };
  return (await ofOurIds(database, text, depth)) ?? ofName(database, text);
}

async function ofEvent(
  database: Database,
  event: EventId,
  where: { readonly room?: RoomId; readonly depth: Depth },
): Promise<Meant> {
  const found = (await itemOf(database, event)) ?? (await causeOf(database, event, where));
  if (found) return { to: pathOf.turn(found) };
  const reject = await rejectOf(database, event);
  if (reject)
    return {
      nothing: `This event came in and could not be understood: ${reject.reason}.${reject.room ? ` It was sent in ${reject.room}.` : ''}`,
    };
  if (where.room && (await knownRoom(database, where.room)))
    return {
      nothing: `The room of this link is known, but nothing came of this event: it is older than what is kept, it was sent before the bot was there, or it is nothing that the bot answers. The room: ${where.room}`,
    };
  const deeper = where.depth === 'near' && !where.room;
  return {
    nothing: deeper
      ? 'Nobody’s message has this id, and none of the newest answers. An answer’s id is found at once by a link to it (in a client: share, copy link), since that names its room; or look through all of them.'
      : 'Nothing came of an event with this id: ingress has not taken it in, it is in a room that the bot is not in, or it is older than what is kept.',
    deeper,
  };
}

async function ofRoom(database: Database, room: RoomId): Promise<Meant> {
  if (await knownRoom(database, room)) return { to: pathOf.room(room) };
  return {
    nothing:
      'The record has no room with this id: the bot was never in it, or an upgrade has put another room in its place. If it should be known, run a reconciliation: it finds what the record lost.',
  };
}

async function ofPerson(database: Database, person: UserId): Promise<Meant> {
  const [known, owned, guest] = await Promise.all([
    findPerson(database, person),
    pageOfRooms(database, { owner: person, limit: 1 }),
    guestOf(database, person, 1),
  ]);
  if (known || owned.matching > 0 || guest.length > 0) return { to: pathOf.person(person) };
  const listed = await ofName(database, person);
  if (!('nothing' in listed)) return listed;
  return {
    nothing:
      'The record knows nobody with this id: they never invited the bot, own no room and are nobody’s guest. Mind capital letters, and the server behind the colon.',
  };
}

/** Operations, turns, questions, sessions: ids that we have made. */
async function ofOurIds(database: Database, text: string, depth: Depth): Promise<Meant | null> {
  const session = await roomOfSession(database, text as SessionId);
  if (session) return { to: pathOf.room(session) };
  if (!/^[0-9a-v]{26}(\.[\w.]+)?$/.test(text)) return null;
  const leads = await operationOf(database, text);
  if (leads) return { to: 'event' in leads ? pathOf.turn(leads.event) : pathOf.room(leads.room) };
  const turn = await turnOf(database, text.slice(0, 26), depth);
  if (turn) return { to: pathOf.turn(turn) };
  // Nothing has such a name: names are not looked through.
  return {
    nothing:
      'It looks like an id of an operation, a question or a turn, and none of those that are kept has it. Turn ids are looked for among the newest messages; a line of the agent host also names the session, which is found at once.',
    deeper: depth === 'near',
  };
}

async function ofName(database: Database, text: string): Promise<Meant> {
  const [{ rooms }, { people }] = await Promise.all([
    pageOfRooms(database, { like: text, limit: MOST }),
    knownPeople(database, { like: text, limit: MOST }),
  ]);
  const [room, person] = [rooms[0], people[0]];
  if (room && rooms.length === 1 && people.length === 0) return { to: pathOf.room(room.roomId) };
  if (person && people.length === 1 && rooms.length === 0) return { to: pathOf.person(person.userId) };
  if (room || person) return { rooms, people };
  return {
    nothing:
      'No id, no room’s name and nobody’s user id has this in it. Search for a room id (!…), a user id (@…), an event id ($…), a link to any of these, a session, an operation, or a piece of a name.',
  };
}

function isAlias(text: string): boolean {
  return /^#[^:]+:.+/.test(text) || /matrix\.to\/#\/(#|%23)/i.test(text);
}

/** A user id by itself or in a link; of a whole id only, so that a piece of one is searched for. */
function userIdIn(text: string): UserId | undefined {
  const [, opaque] = /^matrix:u\/([^/?]+)/.exec(text) ?? [];
  const [, linked] = /(?:^|\/)(@[^/?\s:]*:[^/?\s]+)/.exec(decoded(text)) ?? [];
  const found = opaque ? `@${opaque}` : linked;
  return found && found.length <= 255 ? asUserId(found) : undefined;
}
