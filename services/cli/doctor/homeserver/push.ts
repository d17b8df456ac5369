import { list, record } from '../../../../shared/config/json.ts';
import type { MatrixHttp } from '../../../../shared/matrix/http.ts';
import type { Finding } from '../finding.ts';

const NAME = 'Push';

/**
 * A bot has nobody to notify; a pusher makes the homeserver call out for every message. Push rules as they come are left
 * alone: they make Synapse count each message as unread for the bot, and whether they were on made no difference to the
 * time of a send that could be measured. Spec: Push Notifications, `GET /_matrix/client/v3/pushers`.
 */
export async function lookAtPush(http: MatrixHttp): Promise<Finding> {
  const path = '/_matrix/client/v3/pushers';
  const answer = await http.request({ kind: 'pushers', method: 'GET', path, timeoutMs: 5_000 });
  const pushers = list(answer.pushers);
  if (pushers.length === 0) return { name: NAME, level: 'ok', text: 'the account notifies nobody' };
  const names = pushers.slice(0, 5).map((each) => String(record(each)?.device_display_name ?? record(each)?.app_id));
  const text = `the account notifies ${names.join(', ')} of each message`;
  return { name: NAME, level: 'warning', text, remedy: 'somebody is logged in with a client: log that device out' };
}
