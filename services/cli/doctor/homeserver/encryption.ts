import { record } from '../../../../shared/config/json.ts';
import type { UserId } from '../../../../shared/ids/ids.ts';
import type { MatrixHttp } from '../../../../shared/matrix/http.ts';
import type { Finding } from '../finding.ts';

const NAME = 'Encryption';

/**
 * Clients encrypt a new conversation with an account as soon as one of its devices has keys, and the bot reads no encrypted
 * message. Keys come from somebody who logged in to the account with a client. Spec: `POST /keys/query`.
 */
export async function lookAtEncryption(http: MatrixHttp, self: UserId): Promise<Finding> {
  const answer = await http.request({
    kind: 'keys_query',
    method: 'POST',
    path: '/_matrix/client/v3/keys/query',
    body: { device_keys: { [self]: [] }, timeout: 5_000 },
    timeoutMs: 8_000,
  });
  const devices = Object.keys(record(record(answer.device_keys)?.[self]) ?? {});
  if (devices.length === 0)
    return { name: NAME, level: 'ok', text: 'the account has no keys, so people’s apps do not encrypt' };
  const text = `devices with keys: ${devices.slice(0, 5).join(', ')}. People’s apps will encrypt, and the bot cannot read that`;
  const remedy = 'log these devices out, and the bot in anew by a bare login (docs/OPERATIONS.md), never by a client';
  return { name: NAME, level: 'warning', text, remedy };
}
