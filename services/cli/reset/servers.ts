import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../../../shared/stack/cache.ts';
import { Keeper, type Part } from '../../../shared/stack/keeper.ts';
import { KeptFile } from '../../../shared/stack/kept.ts';
import { clearLeftovers } from '../../../shared/stack/leftovers.ts';
import { postgresPart, postgresUrl } from '../../../shared/stack/postgres-part.ts';
import type { StackHome } from '../../../shared/stack/stack-home.ts';
import { findSynapse } from '../../../shared/stack/synapse-binary.ts';
import { SYNAPSE_SERVER_NAME, synapsePart, synapseUrl } from '../../../shared/stack/synapse-part.ts';
import type { Places } from './places.ts';

/** As long as `up` waits. */
const READY_MS = 90_000;

/** The servers that hold what is to be emptied, where they answer. */
export type Servers = {
  readonly databaseUrl?: string;
  readonly redisUrl?: string;
  readonly homeserver?: { readonly url: string; readonly token: string };
  /** Stops those that were started here, and no others. */
  stop(): Promise<void>;
};

/**
 * Starts the embedded servers of a stack that is down, for the time of a reset, and none of its roles. Each leaves a note, as
 * under a supervisor: whoever comes after a reset that was killed, `up`, `down` or another reset, finds and ends them.
 */
export async function openServers(
  places: Places,
  { home, say, signal }: { home: StackHome; say: (line: string) => void; signal: AbortSignal },
): Promise<Servers> {
  if (existsSync(home.run)) await clearLeftovers(home);
  const { database, redis, homeserver } = places;
  const kept = new KeptFile(home);
  const keepers: Keeper[] = [];
  const keep = async (part: Part) => {
    say(`starting ${part.name}`);
    const keeper = new Keeper(part, home.run);
    keepers.push(keeper);
    keeper.start();
    await keeper.whenReady(READY_MS, signal);
  };
  const stop = async () => {
    await Promise.all(keepers.map((keeper) => keeper.stop()));
  };
  const postgres = async () => {
    const port = await kept.port('postgres');
    const password = kept.secret('postgres');
    await keep(postgresPart({ folder: home.postgres, log: join(home.logs, 'postgres.log'), port, password }));
    return postgresUrl(port, password);
  };
  const synapse = async () => {
    const binary = await findSynapse(cacheFolder(process.env), () => say('installing Synapse (once)'), signal);
    const port = await kept.port('synapse');
    const registrationSecret = kept.secret('registration');
    const log = join(home.logs, 'synapse.log');
    const serverName = SYNAPSE_SERVER_NAME;
    await keep(synapsePart({ binary, folder: home.synapse, log, port, serverName, registrationSecret }));
    return synapseUrl(port);
  };
  try {
    // One after the other: both choose a port and write it down.
    const databaseUrl = database === 'embedded' ? await postgres() : database?.url;
    const url = homeserver?.embedded ? await synapse() : homeserver?.url;
    return {
      ...(databaseUrl && { databaseUrl }),
      ...(redis && { redisUrl: redis.url }),
      ...(homeserver && url && { homeserver: { url, token: homeserver.token } }),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
