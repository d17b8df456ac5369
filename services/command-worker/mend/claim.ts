import { spokenBy } from '../../../shared/delivery/language.ts';
import { opId } from '../../../shared/ids/ids.ts';
import { ROOM_TYPE, type RoomState } from '../../../shared/matrix/room-state.ts';
import { invite, putState } from '../../../shared/matrix/rooms.ts';
import type { SeenRoom } from '../../../shared/reconcile/facts.ts';
import { findPerson } from '../../../shared/store/people.ts';
import { findRoom, putRoom } from '../../../shared/store/rooms.ts';
import { sayPlain } from '../../../shared/texts/say.ts';
import { sessionOf } from '../rooms/ensure-room.ts';
import { seeRoom } from '../rooms/see-room.ts';
import type { Mend, MendCall, MendParts } from './mending.ts';
import type { MendingOf } from './read-action.ts';

/**
 * A room of the bot's making that stands in the owner's Space and does not say what it is: it becomes a conversation of
 * theirs, the one that the record knows it as, or a new one.
 */
export const claim: Mend<MendingOf<'claim'>> = async ({ room }, call, parts) => {
  const { owner } = call;
  const { http, database } = parts;
  const op = opId('claim', room);
  const seen = await seeRoom(room, parts);
  if (!seen || !(await isClaimable(seen, call, parts))) return [];
  const known = await findRoom(database, room);
  if (known && known.owner !== owner) return [];
  const state: RoomState = seen.own ?? {
    kind: 'chat',
    owner,
    state: known?.state ?? 'active',
    session_id: known?.sessionId ?? sessionOf(op),
    op,
  };
  if (!seen.own) await putState(http, room, ROOM_TYPE, '', { ...state });
  const name = seen.name?.value ?? sayPlain(await spokenBy(owner, database), 'new_room_name');
  if (!seen.name) await putState(http, room, 'm.room.name', '', { name });
  const namedBy = seen.name && seen.name.by !== parts.self ? ('person' as const) : undefined;
  await putRoom(
    database,
    {
      roomId: room,
      kind: 'chat',
      owner,
      sessionId: state.session_id ?? null,
      state: state.state,
      name,
      ...(namedBy && { namedBy }),
    },
    op,
  );
  if (seen.memberships[owner] === undefined) await invite(http, room, owner);
  return [];
};

/** Without a state of ours, or with the one that an interrupted claim has put there. */
async function isClaimable(
  { roomId, own, isSpace, successor, createdBy, memberships }: SeenRoom,
  { owner }: MendCall,
  parts: MendParts,
): Promise<boolean> {
  if (own && (own.owner !== owner || own.op !== opId('claim', roomId))) return false;
  if (isSpace || successor || createdBy !== parts.self) return false;
  if (memberships[owner] === undefined && Object.keys(memberships).length > 0) return false;
  const space = (await findPerson(parts.database, owner))?.spaceId;
  return Boolean(space && (await seeRoom(space, parts))?.children.includes(roomId));
}
