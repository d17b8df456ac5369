import type { AddressList } from '../../../shared/config/address-list.ts';
import { namesOidc } from '../../../shared/config/ops-variables.ts';
import type { Env } from '../../../shared/config/read-env.ts';
import type { Environment } from '../../../shared/config/variables.ts';
import { SurfacesError } from '../../../shared/errors/surfaces-error.ts';
import type { Redis } from '../../../shared/queue/redis.ts';
import type { Log } from '../../../shared/runtime/log.ts';
import { keyFrom } from '../../../shared/store/ops-password.ts';
import type { Database } from '../../../shared/store/postgres.ts';
import { Accounts } from './accounts.ts';
import type { GateOptions } from './gate.ts';
import type { OidcWay } from './oidc-login.ts';
import { roleOfPerson } from './oidc-person.ts';
import { vouchedBy } from './proxy.ts';
import { Sessions } from './sessions.ts';
import { Tries } from './tries.ts';

const ALWAYS = [
  'OPS_USER',
  'OPS_PASSWORD',
  'OPS_PROXY_FROM',
  'OPS_PROXY_USER_HEADER',
  'OPS_PROXY_OPERATORS',
  'OPS_PROXY_READERS',
] as const;
const OF_OIDC = [
  'OPS_OIDC_ISSUER',
  'OPS_OIDC_CLIENT_ID',
  'OPS_OIDC_CLIENT_SECRET',
  'OPS_OIDC_URL',
  'OPS_OIDC_CLAIM',
  'OPS_OIDC_GROUPS_CLAIM',
  'OPS_OIDC_OPERATORS',
  'OPS_OIDC_READERS',
  'OPS_OIDC_SCOPE',
] as const;
export type AccessEnv = Env<(typeof ALWAYS)[number]> & Partial<Env<(typeof OF_OIDC)[number]>>;

/** What the page reads of an environment: of a login elsewhere nothing where none is named, else all of it. */
export function accessVariables(environment: Environment): readonly (typeof ALWAYS | typeof OF_OIDC)[number][] {
  return namesOidc(environment) ? [...ALWAYS, ...OF_OIDC] : ALWAYS;
}

/** Who comes in, and how. */
export type Access = GateOptions & { readonly proxies: AddressList; readonly oidc: OidcWay | null };

/** @throws SurfacesError `config_invalid` */
export async function openAccess(
  env: AccessEnv,
  { redis, database, namespace, log }: { redis: Redis; database: Database; namespace: string; log: Log },
  { freshMs, ...timing }: { readonly freshMs?: number; readonly lookAgainMs?: number } = {},
): Promise<Access> {
  const key = await keyFrom(env.OPS_PASSWORD, `surfaces ops ${namespace}`);
  const oidc = await oidcWay(env);
  const header = env.OPS_PROXY_USER_HEADER;
  const named = { operators: env.OPS_PROXY_OPERATORS, readers: env.OPS_PROXY_READERS };
  const configured = { name: env.OPS_USER, password: env.OPS_PASSWORD };
  return {
    accounts: new Accounts(configured, database, log, freshMs === undefined ? undefined : { freshMs }),
    sessions: new Sessions({ redis, namespace, key }),
    tries: new Tries(redis, namespace),
    ...timing,
    key,
    proxies: env.OPS_PROXY_FROM,
    ...(header !== '' && { vouched: vouchedBy(header, env.OPS_PROXY_FROM, named, log) }),
    oidc,
    ...(oidc && { oidcRole: (values: readonly string[]) => roleOfPerson(values, oidc.person) }),
  };
}

/** The library for it is loaded where there is one. */
async function oidcWay(env: AccessEnv): Promise<OidcWay | null> {
  if (env.OPS_OIDC_ISSUER === undefined) return null;
  const settings = env as Required<AccessEnv>;
  const [claim, groupsClaim] = [settings.OPS_OIDC_CLAIM, settings.OPS_OIDC_GROUPS_CLAIM];
  const allowed = { operators: settings.OPS_OIDC_OPERATORS, readers: settings.OPS_OIDC_READERS };
  if (allowed.operators.length + allowed.readers.length === 0)
    throw new SurfacesError(
      'config_invalid',
      'OPS_OIDC_OPERATORS and OPS_OIDC_READERS are both empty: nobody could come in that way; for example OPS_OIDC_READERS=*',
    );
  const { OidcIssuer } = await import('./oidc.ts');
  const issuer = new OidcIssuer({
    issuer: settings.OPS_OIDC_ISSUER,
    clientId: settings.OPS_OIDC_CLIENT_ID,
    clientSecret: settings.OPS_OIDC_CLIENT_SECRET,
    callback: new URL('/login/oidc/callback', settings.OPS_OIDC_URL).href,
    scope: settings.OPS_OIDC_SCOPE,
    claims: [claim, ...(claim === 'email' ? ['email_verified'] : []), ...(groupsClaim ? [groupsClaim] : [])],
  });
  return { issuer, person: { claim, groupsClaim, allowed } };
}
