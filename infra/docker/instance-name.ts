import { Resolver } from 'node:dns/promises';
import { hostname, networkInterfaces } from 'node:os';

/** An engine answers at once; a cluster's server of names may not, and is not worth a late start. */
const WITHIN = { timeout: 500, tries: 1 };

/** Which of its role this container is, which holds when it is made anew: `turn-worker-2`. Where nobody counts them, by the host's name. */
export async function instanceName(role: string): Promise<string> {
  const own = Object.values(networkInterfaces()).flatMap((each = []) => each);
  const addresses = own.filter(({ internal, family }) => !internal && family === 'IPv4');
  const asked = await Promise.all(addresses.map(({ address }) => namesOf(address)));
  return numbered(role, asked.flat()) ?? `${role}-${hostname()}`;
}

/** Not `reverse`, which believes /etc/hosts, where the container's id stands. */
function namesOf(address: string): Promise<string[]> {
  const name = `${address.split('.').reverse().join('.')}.in-addr.arpa`;
  return new Resolver(WITHIN).resolvePtr(name).catch(() => []);
}

/** In the names that Compose 2 and 1.29 give: `p-turn-worker-2.p_default`, `p_turn-worker_2.p_default`. (Swarm names nobody before it is healthy: swarm-file.ts.) */
export function numbered(role: string, names: readonly string[]): string | undefined {
  const counted = new RegExp(`[-_]${role}[-_](\\d+)\\.`);
  const [found] = names.flatMap((name) => counted.exec(name)?.[1] ?? []);
  return found && `${role}-${found}`;
}
