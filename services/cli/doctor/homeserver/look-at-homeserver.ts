import { givenValue } from '../../../../shared/config/given-value.ts';
import { describe } from '../../../../shared/errors/surfaces-error.ts';
import { createMatrixHttp } from '../../../../shared/matrix/http.ts';
import type { Look } from '../check.ts';
import type { Finding } from '../finding.ts';
import { lookAtAccount } from './account.ts';
import { lookAtEncryption } from './encryption.ts';
import { lookAtLimits } from './limits.ts';
import { lookAtPush } from './push.ts';
import { reach } from './reach.ts';
import { lookAtRoomVersion } from './room-version.ts';
import { lookAtUploads } from './uploads.ts';

type Names = 'MATRIX_HOMESERVER_URL' | 'MATRIX_ACCESS_TOKEN' | 'SURFACES_MAX_FILE_BYTES' | 'SURFACES_ENV';

/** The homeserver, then the account on it, then what that account may do. */
export const lookAtHomeserver: Look<Names> = async (env, environment) => {
  const { MATRIX_HOMESERVER_URL: url, MATRIX_ACCESS_TOKEN: accessToken } = env;
  const { findings, answers } = await reach(url);
  if (!answers) return findings;
  const http = createMatrixHttp({ baseUrl: url, accessToken });
  try {
    const { finding, account } = await lookAtAccount(http, env.SURFACES_ENV === 'production');
    if (!account) return [...findings, finding];
    const chosen = givenValue(environment, 'SURFACES_MAX_FILE_BYTES').value !== undefined;
    const looks: [string, Promise<Finding>][] = [
      ['Limits', lookAtLimits(http, url, account.userId)],
      ['Files', lookAtUploads(http, env.SURFACES_MAX_FILE_BYTES, chosen)],
      ['Rooms', lookAtRoomVersion(http)],
      ['Encryption', lookAtEncryption(http, account.userId)],
      ['Push', lookAtPush(http)],
    ];
    const failed =
      (name: string) =>
      (error: unknown): Finding => ({ name, level: 'warning', text: describe(error) });
    const more = await Promise.all(looks.map(([name, look]) => look.catch(failed(name))));
    return [...findings, finding, ...more];
  } finally {
    await http.close();
  }
};
