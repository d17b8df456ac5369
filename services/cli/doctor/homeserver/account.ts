import { codeOf, describe } from '../../../../shared/errors/surfaces-error.ts';
import { type Account, whoami } from '../../../../shared/matrix/account.ts';
import type { MatrixHttp } from '../../../../shared/matrix/http.ts';
import type { Finding } from '../finding.ts';

const NAME = 'Account';

/** Whose the token is, and whether it has a device. @returns no account where the token is worth nothing. */
export async function lookAtAccount(
  http: MatrixHttp,
  production: boolean,
): Promise<{ readonly finding: Finding; readonly account?: Account }> {
  try {
    const account = await whoami(http);
    const { userId, deviceId } = account;
    if (deviceId !== undefined)
      return { account, finding: { name: NAME, level: 'ok', text: `${userId}, device ${deviceId}` } };
    const level = production ? 'error' : 'warning';
    const text = `${userId}, by a token without a device: a repeated send is a second message`;
    return { account, finding: { name: NAME, level, text, remedy: 'make a token by a login (docs/OPERATIONS.md)' } };
  } catch (error) {
    const invalid = codeOf(error) === 'matrix_token_invalid';
    const remedy = invalid ? 'log the bot in once and set MATRIX_ACCESS_TOKEN (docs/OPERATIONS.md)' : undefined;
    return { finding: { name: NAME, level: 'error', text: describe(error), remedy } };
  }
}
