import type { AddressList } from '../../../shared/config/address-list.ts';
import type { Log } from '../../../shared/runtime/log.ts';
import type { FastifyRequest } from '../http.ts';
import { type Allowed, roleAmong } from './allowed.ts';
import type { AccountRole } from './visitor.ts';

/** Whom a proxy names; `role` is null where nobody lets them in. */
export type Vouched = { readonly name: string; readonly role: AccountRole | null };

/** A comma is what a second header of the same name becomes: then who speaks is not clear. */
const NAME = /^[!-+\--~](?:[ !-+\--~]{0,198}[!-+\--~])?$/;

/**
 * Reads whom a trusted proxy names. The header counts only on a connection from `from`; on any other it is ignored, and told
 * in the log once.
 */
export function vouchedBy(header: string, from: AddressList, allowed: Allowed, log: Log) {
  const told = new Set<string>();
  const once = (what: string, details: Record<string, unknown>) => {
    if (!told.has(what)) log.warn(details, `${what}; this is said once`);
    told.add(what);
  };
  return (request: FastifyRequest): Vouched | null => {
    const given = request.headers[header];
    if (given === undefined || given === '') return null;
    const { remoteAddress } = request.raw.socket;
    if (!from.has(remoteAddress)) {
      once(`${header} came from an address that is not in OPS_PROXY_FROM, and is ignored`, { address: remoteAddress });
      return null;
    }
    if (typeof given !== 'string' || !NAME.test(given)) {
      once(`${header} is no name of one person, and lets nobody in`, {});
      return { name: 'unclear', role: null };
    }
    return { name: `${given} (proxy)`, role: roleAmong(allowed, [given]) };
  };
}
