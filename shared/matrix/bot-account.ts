import { codeOf, describe, SurfacesError } from '../errors/surfaces-error.ts';
import { backoff, sleep } from '../time/time.ts';
import { type Account, whoami } from './account.ts';
import type { MatrixHttp } from './http.ts';

/**
 * Who the bot is. A homeserver that is away is waited for, and `onWait` is told why.
 * @throws SurfacesError `matrix_token_invalid`; in production also `matrix_token_without_device`.
 */
export async function botAccount(
  http: MatrixHttp,
  options: { production: boolean; onWait: (why: string) => void; warn: (text: string) => void; signal: AbortSignal },
): Promise<Account | undefined> {
  for (let attempt = 0; !options.signal.aborted; attempt++) {
    try {
      const account = await whoami(http);
      if (account.deviceId === undefined) {
        const text =
          'MATRIX_ACCESS_TOKEN has no device, so that transaction ids protect nothing; use a token from a login';
        if (options.production) throw new SurfacesError('matrix_token_without_device', text);
        options.warn(text);
      }
      return account;
    } catch (error) {
      if (codeOf(error) !== 'matrix_unavailable' && codeOf(error) !== 'matrix_limited') throw error;
      options.onWait(describe(error));
      await sleep(backoff(attempt, 200, 5_000), options.signal);
    }
  }
  return undefined;
}
