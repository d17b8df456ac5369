import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import { Refused } from './refused.ts';

/** Loopback, private and link-local addresses: RFC 1122, 1918, 3927, 4193, 4291. */
const NEAR = new BlockList();
for (const [net, bits] of [
  ['127.0.0.0', 8],
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['169.254.0.0', 16],
] as const)
  NEAR.addSubnet(net, bits, 'ipv4');
NEAR.addAddress('::1', 'ipv6');
NEAR.addSubnet('fc00::', 7, 'ipv6');
NEAR.addSubnet('fe80::', 10, 'ipv6');

/** Whether an address leads no further than this machine or its own network; an IPv4 address in IPv6 dress counts as itself. */
export function isNear(address: string): boolean {
  const bare = address.replace(/%.*$/, '');
  const family = isIP(bare);
  return family !== 0 && NEAR.check(bare, family === 4 ? 'ipv4' : 'ipv6');
}

/** All addresses of a name, as the system resolves it. */
export type Resolve = (name: string) => Promise<readonly string[]>;

const resolveBySystem: Resolve = async (name) => (await lookup(name, { all: true })).map(({ address }) => address);

/**
 * A homeserver that may be emptied: at a private or loopback address, every one that its name resolves to; or the one that the
 * operator has named as such.
 * @param named what stands behind `--homeserver`; it counts only where it is the configured one.
 * @throws Refused
 */
export async function checkHomeserver(url: string, named?: string, resolve: Resolve = resolveBySystem): Promise<void> {
  if (named !== undefined) {
    if (URL.canParse(named) && plain(named) === plain(url)) return;
    throw new Refused(`--homeserver names ${named}, but the homeserver of this stack is ${url}.`);
  }
  // The brackets of an IPv6 address are the URL's.
  const host = new URL(url).hostname.replace(/^\[(.*)\]$/, '$1');
  if (host === 'localhost' || host.endsWith('.localhost')) return;
  const addresses = isIP(host) ? [host] : await resolve(host).catch(() => []);
  if (addresses.length > 0 && addresses.every(isNear)) return;
  const why =
    addresses.length === 0
      ? `${host} cannot be resolved`
      : `${host} is at ${addresses.find((address) => !isNear(address))}`;
  throw new Refused(
    `the homeserver ${url} is not on a private or loopback address (${why}). If its account is one for development all the same, say so: --homeserver ${url}`,
  );
}

function plain(url: string): string {
  return new URL(url).href.replace(/\/+$/, '');
}
