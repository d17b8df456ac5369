import { record } from '../../../../shared/config/json.ts';
import type { MatrixHttp } from '../../../../shared/matrix/http.ts';
import { ROOM_VERSION } from '../../../../shared/matrix/rooms.ts';
import type { Finding } from '../finding.ts';

const NAME = 'Rooms';

/** Whether rooms of the version that the bot makes can be made here. Spec: Capabilities negotiation, `m.room_versions`. */
export async function lookAtRoomVersion(http: MatrixHttp): Promise<Finding> {
  const path = '/_matrix/client/v3/capabilities';
  const answer = await http.request({ kind: 'capabilities', method: 'GET', path, timeoutMs: 5_000 });
  const available = record(record(record(answer.capabilities)?.['m.room_versions'])?.available);
  if (available === undefined || ROOM_VERSION in available)
    return { name: NAME, level: 'ok', text: `version ${ROOM_VERSION}, which the bot makes, is known` };
  const text = `the homeserver makes no rooms of version ${ROOM_VERSION}, which is the bot’s`;
  return { name: NAME, level: 'error', text, remedy: 'use a newer homeserver' };
}
