import { readEnv } from '../../../shared/config/read-env.ts';
import type { StackHome } from '../../../shared/stack/stack-home.ts';
import { type Places, placesOf } from '../reset/places.ts';
import { environmentOfStack } from '../settings-of-stack.ts';

/** Where database and volume are, of a stack that runs or of one that is down. */
export type StackData = Pick<Places, 'namespace' | 'database' | 'redis' | 'agentsDir'>;

/** The homeserver is nobody’s business here, so that its settings may be missing. */
const NOT_NEEDED = ['MATRIX_HOMESERVER_URL', 'MATRIX_ACCESS_TOKEN'].flatMap((name) => [name, `${name}_FILE`]);

/** @throws SurfacesError `config_invalid`, in production also where one of both is not set. */
export function dataOfStack(environment: NodeJS.ProcessEnv, home: StackHome): StackData {
  const all = { ...environmentOfStack(environment) };
  for (const name of NOT_NEEDED) delete all[name];
  if (all.SURFACES_ENV === 'production') readEnv(all, ['DATABASE_URL', 'AGENTS_DIR']);
  const { namespace, database, redis, agentsDir } = placesOf(all, home);
  return { namespace, agentsDir, ...(database && { database }), ...(redis && { redis }) };
}
