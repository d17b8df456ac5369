import { createHmac, randomBytes } from 'node:crypto';
import { SurfacesError } from '../errors/surfaces-error.ts';

export type Account = {
  readonly user_id: string;
  readonly device_id: string;
  readonly access_token: string;
  readonly password: string;
};

export type AccountOptions = {
  /** Synapse's administrator. */
  readonly admin?: boolean;
  /** The device's id; the homeserver makes one up otherwise. */
  readonly device?: string;
  readonly password?: string;
  readonly displayName?: string;
};

const TIMEOUT_MS = 20_000;

/**
 * Makes an account through Synapse's registration secret (admin API, “Shared-Secret Registration”).
 * @param name the user id without `@` and server.
 * @throws SurfacesError `matrix_refused` when the name is taken or the secret is wrong, `matrix_unavailable`.
 */
export async function register(
  homeserverUrl: string,
  secret: string,
  name: string,
  options: AccountOptions = {},
): Promise<Account> {
  const { admin = false, device, displayName, password = randomBytes(18).toString('base64url') } = options;
  const path = '/_synapse/admin/v1/register';
  const { nonce } = await call<{ nonce: string }>(homeserverUrl, 'GET', path);
  const mac = createHmac('sha1', secret)
    .update([nonce, name, password, admin ? 'admin' : 'notadmin'].join('\0'))
    .digest('hex');
  const body = { nonce, username: name, password, admin, mac, device_id: device, displayname: displayName };
  const made = await call<Omit<Account, 'password'>>(homeserverUrl, 'POST', path, body);
  return { user_id: made.user_id, device_id: made.device_id, access_token: made.access_token, password };
}

/** Logs in by password, as the device with this id if one is given. */
export async function logIn(homeserverUrl: string, name: string, password: string, device?: string): Promise<Account> {
  const made = await call<Omit<Account, 'password'>>(homeserverUrl, 'POST', '/_matrix/client/v3/login', {
    type: 'm.login.password',
    identifier: { type: 'm.id.user', user: name },
    password,
    device_id: device,
  });
  return { user_id: made.user_id, device_id: made.device_id, access_token: made.access_token, password };
}

/** The account with this name and password: made if nobody has the name, otherwise logged in to. */
export async function ensureAccount(
  homeserverUrl: string,
  secret: string,
  name: string,
  options: AccountOptions & { readonly password: string },
): Promise<Account> {
  try {
    return await register(homeserverUrl, secret, name, options);
  } catch (error) {
    if (!(error instanceof SurfacesError) || !error.message.includes('M_USER_IN_USE')) throw error;
    return logIn(homeserverUrl, name, options.password, options.device);
  }
}

/** Whose token it is, or `undefined` if the homeserver no longer takes it. No device: it did not come from a login. */
export async function ownerOf(
  homeserverUrl: string,
  token: string,
): Promise<{ user_id: string; device_id?: string } | undefined> {
  try {
    return await call(homeserverUrl, 'GET', '/_matrix/client/v3/account/whoami', undefined, token);
  } catch (error) {
    if (error instanceof SurfacesError && error.message.includes('M_UNKNOWN_TOKEN')) return undefined;
    throw error;
  }
}

/** Takes every rate limit of Synapse off one account (0 and 0 mean none). `adminToken` is an administrator's. */
export async function liftRateLimits(homeserverUrl: string, adminToken: string, userId: string): Promise<void> {
  const path = `/_synapse/admin/v1/users/${encodeURIComponent(userId)}/override_ratelimit`;
  await call(homeserverUrl, 'POST', path, { messages_per_second: 0, burst_count: 0 }, adminToken);
}

export async function setDisplayName(
  homeserverUrl: string,
  token: string,
  userId: string,
  displayName: string,
): Promise<void> {
  const path = `/_matrix/client/v3/profile/${encodeURIComponent(userId)}/displayname`;
  await call(homeserverUrl, 'PUT', path, { displayname: displayName }, token);
}

/** Bare `fetch`: shared/matrix, with its budget and its retries, is above this folder's head. */
async function call<T>(homeserver: string, method: string, path: string, body?: unknown, token?: string): Promise<T> {
  let response: Response;
  try {
    response = await fetch(new URL(path, homeserver), {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch (error) {
    throw new SurfacesError('matrix_unavailable', `${homeserver} does not answer`, { cause: error });
  }
  const text = await response.text();
  if (response.ok) return JSON.parse(text) as T;
  const code =
    response.status === 429 ? 'matrix_limited' : response.status >= 500 ? 'matrix_unavailable' : 'matrix_refused';
  throw new SurfacesError(code, `${method} ${path}: ${response.status} ${text.slice(0, 300)}`);
}
