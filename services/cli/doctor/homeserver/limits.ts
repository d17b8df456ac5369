import type { UserId } from '../../../../shared/ids/ids.ts';
import { type MatrixHttp, path } from '../../../../shared/matrix/http.ts';
import { limitOf } from '../../../../shared/matrix/rate-limit.ts';
import type { Finding } from '../finding.ts';

const NAME = 'Limits';

/** Whether the homeserver lets the bot send as fast as answers grow, and the one command that lifts the limit if not. */
export async function lookAtLimits(http: MatrixHttp, url: string, self: UserId): Promise<Finding> {
  const limit = await limitOf(http);
  if (limit === undefined) return { name: NAME, level: 'ok', text: 'a burst of sends was not limited' };
  return {
    name: NAME,
    level: 'warning',
    text: `the homeserver limits the bot’s account: ${limit}. Answers stall`,
    remedy: `an administrator of Synapse lifts the limits of this one account (docs/OPERATIONS.md):\n$ ${command(url, self)}`,
  };
}

function command(url: string, self: UserId): string {
  const where = url.replace(/\/+$/, '') + path`/_synapse/admin/v1/users/${self}/override_ratelimit`;
  const body = `'{"messages_per_second": 0, "burst_count": 0}'`;
  return `curl -X POST -H "Authorization: Bearer $ADMIN_TOKEN" -H 'Content-Type: application/json' -d ${body} '${where}'`;
}
