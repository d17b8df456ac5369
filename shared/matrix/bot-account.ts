import { SurfacesError } from '../errors/surfaces-error.ts';
import type { Log } from '../runtime/log.ts';
import { type Account, whoami } from './account.ts';
import type { MatrixHttp } from './http.ts';

/**
 * Who the bot is.
 * @throws SurfacesError `matrix_token_invalid`; in production also `matrix_token_without_device`; `matrix_unavailable` and
 * `matrix_limited` where it is worth asking again.
 */
export async function botAccount(
  http: MatrixHttp,
  { production, warn }: { readonly production: boolean; readonly warn: (text: string) => void },
): Promise<Account> {
  const account = await whoami(http);
  if (account.deviceId !== undefined) return account;
  const text = 'MATRIX_ACCESS_TOKEN has no device, so that transaction ids protect nothing; use a token from a login';
  if (production) throw new SurfacesError('matrix_token_without_device', text);
  warn(text);
  return account;
}

/** In development a token without a device is only logged. */
export function warnOfDevice(log: Log): (text: string) => void {
  return (text) => log.warn({ code: 'matrix_token_without_device' }, text);
}
