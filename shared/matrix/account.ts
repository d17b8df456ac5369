import { textField } from '../config/json.ts';
import { SurfacesError } from '../errors/surfaces-error.ts';
import type { UserId } from '../ids/ids.ts';
import { type MatrixHttp, path } from './http.ts';

export type Account = { readonly userId: UserId; readonly deviceId: string | undefined };

/** Who the token belongs to. @throws SurfacesError `matrix_token_invalid`, `matrix_unavailable`. */
export async function whoami(http: MatrixHttp): Promise<Account> {
  const answer = await http.request({
    kind: 'whoami',
    method: 'GET',
    path: '/_matrix/client/v3/account/whoami',
    timeoutMs: 10_000,
  });
  const userId = textField(answer, 'user_id');
  if (userId === undefined) throw new SurfacesError('matrix_unavailable', 'whoami does not answer with a user id');
  return { userId: userId as UserId, deviceId: textField(answer, 'device_id') };
}

/** The specification's versions that the homeserver speaks; answers without a valid token too. */
export async function versions(http: MatrixHttp): Promise<string[]> {
  const answer = await http.request<{ versions?: string[] }>({
    kind: 'versions',
    method: 'GET',
    path: '/_matrix/client/versions',
    timeoutMs: 10_000,
  });
  return answer.versions ?? [];
}

/** A person's display name; undefined where there is none or the homeserver does not tell. */
export async function displayName(http: MatrixHttp, user: UserId): Promise<string | undefined> {
  try {
    const answer = await http.request({
      kind: 'profile',
      method: 'GET',
      path: path`/_matrix/client/v3/profile/${user}/displayname`,
      timeoutMs: 5_000,
    });
    return textField(answer, 'displayname')?.trim() || undefined;
  } catch (error) {
    if (error instanceof SurfacesError && error.code !== 'matrix_token_invalid') return undefined;
    throw error;
  }
}

/** The account's own display name or picture. */
export async function setProfile(
  http: MatrixHttp,
  self: UserId,
  field: 'displayname' | 'avatar_url',
  value: string,
): Promise<void> {
  await http.request({
    kind: 'profile',
    method: 'PUT',
    path: path`/_matrix/client/v3/profile/${self}/${field}`,
    body: { [field]: value },
    retries: 4,
  });
}
