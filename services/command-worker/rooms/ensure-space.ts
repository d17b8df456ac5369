import { opId, type RoomId, type UserId } from '../../../shared/ids/ids.ts';
import { displayName } from '../../../shared/matrix/account.ts';
import type { MatrixHttp } from '../../../shared/matrix/http.ts';
import { operationResult } from '../../../shared/store/operations.ts';
import { findPerson, putPerson } from '../../../shared/store/people.ts';
import type { Database } from '../../../shared/store/postgres.ts';
import type { Language } from '../../../shared/texts/detect-language.ts';
import { sayPlain } from '../../../shared/texts/say.ts';
import { ensureRoom } from './ensure-room.ts';

export type RoomDeps = { readonly database: Database; readonly http: MatrixHttp; readonly self: UserId };

/** What a person is called, where nothing else is known of them. */
export async function nameOf(http: MatrixHttp, person: UserId): Promise<string> {
  return (await displayName(http, person)) ?? person.slice(1, person.indexOf(':'));
}

/** A person's one Space, made where they have none. */
export async function ensureSpace(
  owner: UserId,
  { name, language }: { readonly name: string; readonly language: Language },
  deps: RoomDeps,
): Promise<{ readonly roomId: RoomId; readonly made: boolean }> {
  const person = await findPerson(deps.database, owner);
  if (person?.spaceId) return { roomId: person.spaceId, made: false };
  const space = await ensureRoom(
    {
      op: opId('space', owner),
      kind: 'space',
      owner,
      name,
      topic: sayPlain(language, 'space_topic'),
      avatar: await pictureOf(deps),
    },
    deps,
    (state) => state.kind === 'space' && state.owner === owner && state.state === 'active',
  );
  await putPerson(deps.database, { userId: owner, spaceId: space.roomId });
  return space;
}

/** The bot's picture is its Spaces', too: the reconcile worker records where it lies. */
async function pictureOf({ database, self }: RoomDeps): Promise<string | undefined> {
  return (await operationResult<{ mxc: string }>(database, opId('picture', self)))?.mxc;
}
