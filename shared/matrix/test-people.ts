import { createHmac, randomBytes } from 'node:crypto';
import type { RoomId, UserId } from '../ids/ids.ts';
import { createBudget } from './budget.ts';
import { createMatrixHttp, type MatrixHttp, path } from './http.ts';
import { Sender } from './sends.ts';

/** For tests only: the real homeserver of the run, and people on it. Undefined: there is none, and such tests skip. */
export const HOMESERVER = process.env.TEST_REGISTRATION_SECRET ? process.env.MATRIX_HOMESERVER_URL : undefined;

export type TestPerson = { userId: UserId; accessToken: string; deviceId: string; http: MatrixHttp };

/** A new account with a name of its own. `bot`: the homeserver's limits are lifted for it. */
export async function newPerson(name: string, options: { bot?: true; homeserver?: string } = {}): Promise<TestPerson> {
  const account = await register(`${name}-${randomBytes(5).toString('hex')}`, false);
  if (options.bot) {
    const admin = await register(`admin-${randomBytes(5).toString('hex')}`, true);
    await admin.http.request({
      kind: 'test',
      method: 'POST',
      path: path`/_synapse/admin/v1/users/${account.userId}/override_ratelimit`,
      body: { messages_per_second: 0, burst_count: 0 },
    });
    await admin.http.close();
  }
  return account;
}

async function register(username: string, admin: boolean): Promise<TestPerson> {
  const anonymous = createMatrixHttp({ baseUrl: HOMESERVER!, accessToken: 'none' });
  const { nonce } = await anonymous.request<{ nonce: string }>({
    kind: 'test',
    method: 'GET',
    path: '/_synapse/admin/v1/register',
  });
  const password = randomBytes(9).toString('base64url');
  const mac = createHmac('sha1', process.env.TEST_REGISTRATION_SECRET!)
    .update([nonce, username, password, admin ? 'admin' : 'notadmin'].join('\0'))
    .digest('hex');
  const made = await anonymous.request<{ user_id: UserId; access_token: string; device_id: string }>({
    kind: 'test',
    method: 'POST',
    path: '/_synapse/admin/v1/register',
    body: { nonce, username, password, admin, mac },
  });
  await anonymous.close();
  return {
    userId: made.user_id,
    accessToken: made.access_token,
    deviceId: made.device_id,
    http: createMatrixHttp({ baseUrl: HOMESERVER!, accessToken: made.access_token }),
  };
}

/** A room of the first person in which all of them are. */
export async function roomOf(owner: TestPerson, ...others: TestPerson[]): Promise<RoomId> {
  const { room_id: room } = await owner.http.request<{ room_id: RoomId }>({
    kind: 'test',
    method: 'POST',
    path: '/_matrix/client/v3/createRoom',
    body: { preset: 'private_chat', room_version: '11', invite: others.map((other) => other.userId) },
  });
  for (const { http } of others)
    await http.request({ kind: 'test', method: 'POST', path: path`/_matrix/client/v3/join/${room}`, body: {} });
  return room;
}

/** Says something as a person, under a transaction id of its own. */
export async function say(
  person: TestPerson,
  room: RoomId,
  content: unknown,
  type = 'm.room.message',
): Promise<string> {
  const txn = randomBytes(8).toString('hex');
  const answer = await person.http.request<{ event_id: string }>({
    kind: 'test',
    method: 'PUT',
    path: path`/_matrix/client/v3/rooms/${room}/send/${type}/${txn}`,
    body: typeof content === 'string' ? { msgtype: 'm.text', body: content } : content,
  });
  return answer.event_id;
}

/** A sender that knows no budget; whoever makes it closes it. */
export function senderOf(http: MatrixHttp): Sender {
  const run = () => Promise.reject(new Error('there is no Redis'));
  return new Sender({ http, budget: createBudget({ run, key: 'none', rate: 0 }) });
}
