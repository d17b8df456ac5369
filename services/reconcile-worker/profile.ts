import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { SurfacesError } from '../../shared/errors/surfaces-error.ts';
import { opId, type UserId } from '../../shared/ids/ids.ts';
import { setProfile } from '../../shared/matrix/account.ts';
import type { MatrixHttp } from '../../shared/matrix/http.ts';
import { uploadSmall } from '../../shared/matrix/media.ts';
import { PROJECT_ROOT } from '../../shared/stack/project-root.ts';
import { attemptOperation, finishOperation } from '../../shared/store/operations.ts';
import type { Database } from '../../shared/store/postgres.ts';

export type ProfileDeps = { readonly database: Database; readonly http: MatrixHttp; readonly self: UserId };

export type Profile = {
  readonly name: string;
  /** A path, taken from the project's folder where it is relative; `none`: no picture. */
  readonly avatar: string;
};

/** A picture is for a circle of 40 pixels: what is larger has been configured by mistake. */
const MOST_BYTES = 2 * 2 ** 20;
const TYPES: readonly (readonly [magic: string, type: string])[] = [
  ['89504e470d0a1a0a', 'image/png'],
  ['ffd8ff', 'image/jpeg'],
];

/**
 * Gives the bot its name and picture, once for each that is configured: who changes its profile by hand afterwards is not
 * overruled. Safe to repeat, and to be done by several workers at once. @returns the picture's `mxc://`, if there is one.
 * @throws SurfacesError `config_invalid` for a picture that is none; `matrix_unavailable`.
 */
export async function setUpProfile({ name, avatar }: Profile, deps: ProfileDeps): Promise<string | undefined> {
  const { database, http, self } = deps;
  const picture = avatar === 'none' ? undefined : await uploaded(avatar, deps);
  const op = opId('profile', self, name, picture ?? '');
  const { result } = await attemptOperation<object>(database, op, 'profile');
  if (result) return picture;
  await setProfile(http, self, 'displayname', name);
  if (picture) await setProfile(http, self, 'avatar_url', picture);
  // Where onboarding looks for the picture of a Space.
  await attemptOperation(database, opId('picture', self), 'picture');
  await finishOperation(database, opId('picture', self), picture ? { mxc: picture } : {});
  await finishOperation(database, op, {});
  return picture;
}

async function uploaded(path: string, { database, http, self }: ProfileDeps): Promise<string> {
  const { content, type } = await readPicture(resolve(PROJECT_ROOT, path));
  const op = opId('avatar', self, createHash('sha256').update(content).digest('hex'));
  const { result } = await attemptOperation<{ mxc: string }>(database, op, 'avatar');
  if (result) return result.mxc;
  const mxc = await uploadSmall(http, { content, type, name: basename(path) });
  await finishOperation(database, op, { mxc });
  return mxc;
}

async function readPicture(path: string): Promise<{ content: Uint8Array; type: string }> {
  const content = await readFile(path).catch((cause: unknown) => {
    throw new SurfacesError('config_invalid', `SURFACES_BOT_AVATAR: ${path} cannot be read`, { cause });
  });
  const start = content.subarray(0, 8).toString('hex');
  const type = TYPES.find(([magic]) => start.startsWith(magic))?.[1];
  if (!type || content.length > MOST_BYTES)
    throw new SurfacesError('config_invalid', `SURFACES_BOT_AVATAR: ${path} is no PNG or JPEG of at most 2 MiB`);
  return { content, type };
}
