import { BlockList, isIP } from 'node:net';

/** Addresses of the network, and whether one is among them. A unix socket has none: it counts as this machine. */
export type AddressList = { readonly has: (address: string | undefined) => boolean };

const LOOPBACK = ['127.0.0.0/8', '::1/128'];

/** `loopback`, addresses and ranges such as `10.0.0.0/8`, with spaces or commas between them. */
export function parseAddresses(value: string): { readonly list: AddressList; readonly problem?: string } {
  const words = value.split(/[\s,]+/).filter(Boolean);
  const ranges = words.flatMap((word) => (word === 'loopback' ? LOOPBACK : [word]));
  const known = new BlockList();
  for (const range of ranges) {
    const [address = '', prefix, ...more] = range.split('/');
    const version = isIP(address);
    const longest = version === 6 ? 128 : 32;
    // A prefix of 0 is the whole world: whoever writes it did not mean to trust everybody who can connect.
    const bits = prefix === undefined ? longest : /^[1-9]\d{0,2}$/.test(prefix) ? Number(prefix) : 0;
    if (version === 0 || address.includes('%') || bits < 1 || bits > longest || more.length > 0)
      return {
        list: NOBODY,
        problem: `contains “${range}”, which is neither loopback nor an address or a range of them`,
      };
    known.addSubnet(address, bits, version === 6 ? 'ipv6' : 'ipv4');
  }
  const thisMachine = words.includes('loopback');
  return {
    list: {
      has: (address) => {
        if (address === undefined) return thisMachine;
        const plain = address.replace(/%.*$/, '');
        const version = isIP(plain);
        return version !== 0 && known.check(plain, version === 6 ? 'ipv6' : 'ipv4');
      },
    },
  };
}

const NOBODY: AddressList = { has: () => false };
