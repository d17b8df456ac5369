import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { claimPort } from './port-claims.ts';

/**
 * Below the ports that systems give to outgoing connections (Linux from 32768, others from 49152; RFC 6335, section 6): one
 * of those may be in use, from one moment to the next, by any connection of any process.
 */
const FIRST = 15_000;
const PAST_LAST = 32_000;
const TRIES = 50;

/**
 * A port of the loopback that nobody listens on: `preferred` if it is free, otherwise any that none of ours has chosen just
 * now. Somebody else may still take it before it is used; a process that finds it taken is to be started again with another.
 */
export async function freePort(preferred?: number): Promise<number> {
  if (preferred !== undefined && (await isFree(preferred))) return preferred;
  for (let tries = 0; tries < TRIES; tries += 1) {
    const port = randomInt(FIRST, PAST_LAST);
    if (claimPort(port) && (await isFree(port))) return port;
  }
  throw new Error(`of ${TRIES} ports on 127.0.0.1 between ${FIRST} and ${PAST_LAST} none is free`);
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
