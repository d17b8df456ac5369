import { opId, type RoomId, type UserId } from '../../../shared/ids/ids.ts';
import { displayName } from '../../../shared/matrix/account.ts';
import type { MatrixHttp } from '../../../shared/matrix/http.ts';
import { lastGoneSpace } from '../../../shared/store/gone-rooms.ts';
import { operationResult } from '../../../shared/store/operations.ts';
import { findPerson, putPerson } from '../../../shared/store/people.ts';
import type { Database } from '../../../shared/store/postgres.ts';
import type { Language } from '../../../shared/texts/detect-language.ts';
import { sayPlain } from '../../../shared/texts/say.ts';
import { ensureRoom } from './ensure-room.ts';
import { linkRooms } from './link-rooms.ts';

export type RoomDeps = { readonly database: Database; readonly http: MatrixHttp; readonly self: UserId };

/** What a person is called, where nothing else is known of them. */
export async function nameOf(http: MatrixHttp, person: UserId): Promise<string> {
  return (await displayName(http, person)) ?? person.slice(1, person.indexOf(':'));
}

export async function spaceNameFor(owner: UserId, language: Language, http: MatrixHttp): Promise<string> {
  return sayPlain(language, 'space_name', { person: await nameOf(http, owner) });
}

/** A person's one Space, made where they have none, or none any more: then with the conversations that they have. */
export async function ensureSpace(
  owner: UserId,
  { name, language }: { readonly name: string; readonly language: Language },
  deps: RoomDeps,
): Promise<{ readonly roomId: RoomId; readonly made: boolean }> {
  const person = await findPerson(deps.database, owner);
  if (person?.spaceId) return { roomId: person.spaceId, made: false };
  const gone = await lastGoneSpace(deps.database, owner);
  const space = await ensureRoom(
    {
      op: opId('space', owner),
      kind: 'space',
      owner,
      name,
      topic: sayPlain(language, 'space_topic'),
      avatar: await pictureOf(deps),
      // Each Space that went is followed by one other, however often that is tried.
      ...(gone !== null && { op: opId('space', owner, gone) }),
    },
    deps,
    (state) => state.kind === 'space' && state.owner === owner && state.state === 'active',
  );
  await linkRooms(owner, space.roomId, deps);
  await putPerson(deps.database, { userId: owner, spaceId: space.roomId });
  return space;
}

/** The bot's picture is its Spaces', too: the reconcile worker records where it lies. */
async function pictureOf({ database, self }: RoomDeps): Promise<string | undefined> {
  return (await operationResult<{ mxc: string }>(database, opId('picture', self)))?.mxc;
}
