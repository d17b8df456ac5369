import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readEnv } from '../../../shared/config/read-env.ts';
import type { VariableName } from '../../../shared/config/variables.ts';
import { SurfacesError } from '../../../shared/errors/surfaces-error.ts';
import { readKept } from '../../../shared/stack/kept.ts';
import type { StackHome } from '../../../shared/stack/stack-home.ts';
import { synapseUrl } from '../../../shared/stack/synapse-part.ts';

/**
 * Where the stack keeps what it has: as `up` decides it, what is given is used as it is, and the rest lies in the home. An
 * embedded server that has never run has nothing to be emptied and is left out. Embedded Redis is left out always: it writes
 * nothing to disk, so that there is nothing in it once it is stopped.
 */
export type Places = {
  readonly namespace: string;
  readonly database?: { readonly url: string } | 'embedded';
  readonly redis?: { readonly url: string };
  readonly homeserver?: { readonly url: string; readonly token: string; readonly embedded: boolean };
  readonly agentsDir: string;
  /** An agent host that is not the stack's own: what it knows is not ours to empty. */
  readonly agentUrl?: string;
};

/** @throws SurfacesError `config_invalid` */
export function placesOf(environment: NodeJS.ProcessEnv, home: StackHome): Places {
  const given = <Name extends VariableName>(name: Name) =>
    environment[name] || environment[`${name}_FILE`] ? readEnv(environment, [name])[name] : undefined;
  const database = given('DATABASE_URL');
  const redis = given('REDIS_URL');
  const agentUrl = given('AGENT_URL');
  const homeserver = homeserverOf(given('MATRIX_HOMESERVER_URL'), given('MATRIX_ACCESS_TOKEN'), home);
  return {
    namespace: readEnv(environment, ['SURFACES_NAMESPACE']).SURFACES_NAMESPACE,
    ...(database
      ? { database: { url: database } }
      : existsSync(join(home.postgres, 'PG_VERSION')) && { database: 'embedded' as const }),
    ...(redis && { redis: { url: redis } }),
    ...(homeserver && { homeserver }),
    agentsDir: resolve(given('AGENTS_DIR') ?? home.agents),
    ...(agentUrl && { agentUrl }),
  };
}

function homeserverOf(url: string | undefined, token: string | undefined, home: StackHome): Places['homeserver'] {
  if (url && token) return { url, token, embedded: false };
  if (url || token)
    throw new SurfacesError('config_invalid', `${url ? 'MATRIX_ACCESS_TOKEN' : 'MATRIX_HOMESERVER_URL'} is not set`);
  const { ports, secrets } = readKept(home);
  const { synapse: port } = ports;
  const { token_surfaces: kept } = secrets;
  if (!existsSync(home.synapse) || port === undefined || kept === undefined) return undefined;
  return { url: synapseUrl(port), token: kept, embedded: true };
}
