import { createHmac, randomBytes } from 'node:crypto';
import { openClientApi } from '../services/cli/demo/person/client-api.ts';
import { Person } from '../services/cli/demo/person/person.ts';

export type Homeserver = { readonly url: string; readonly registration_shared_secret?: string };
export type Account = { user_id: string; access_token: string; device_id: string };

/** A new account through the registration secret; `name` gets a random end, so that tests do not meet. */
export async function newAccount(
  homeserver: Homeserver,
  name: string,
  options: { admin?: boolean } = {},
): Promise<Account> {
  const secret = homeserver.registration_shared_secret;
  if (!secret) throw new Error(`no registration secret is known of ${homeserver.url}: nobody can be made there`);
  const api = openClientApi(homeserver.url, undefined);
  const username = `${name}-${randomBytes(4).toString('hex')}`;
  const password = randomBytes(12).toString('hex');
  const { nonce } = await api<{ nonce: string }>('GET', '/_synapse/admin/v1/register');
  const mac = createHmac('sha1', secret)
    .update([nonce, username, password, options.admin ? 'admin' : 'notadmin'].join('\0'))
    .digest('hex');
  return api<Account>('POST', '/_synapse/admin/v1/register', {
    nonce,
    username,
    password,
    mac,
    admin: options.admin ?? false,
  });
}

/** A new person with a running client. */
export async function newPerson(homeserver: Homeserver, name: string): Promise<Person> {
  const account = await newAccount(homeserver, name);
  return new Person({
    homeserverUrl: homeserver.url,
    userId: account.user_id,
    accessToken: account.access_token,
  }).start();
}
