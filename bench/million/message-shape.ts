import { createHash } from 'node:crypto';
import type { EventId, RoomId, UserId } from '../../shared/ids/ids.ts';
import type { MessageItem } from '../../shared/matrix/work-item.ts';
import type { Utterance } from '../../shared/surface/port.ts';

export const ROOMS = 10_000;
export const PEOPLE = 1_000;

/** What a person asks and an agent answers, at the length of a usual exchange. */
const QUESTION = 'Could you look at the figures of last week and tell me where the second quarter went wrong?';
const ANSWER = 'The second quarter fell behind in its last three weeks, when two deliveries came late. '
  .repeat(7)
  .trim();

/** Ids by number, as long and as scattered as a homeserver’s; `digestSql` gives the same ones. */
const digest = (kind: string, n: number) => createHash('sha256').update(`${kind} ${n}`).digest('base64url');
const digestSql = (kind: string, n: string) =>
  `translate(rtrim(encode(sha256(convert_to('${kind} ' || ${n}, 'UTF8')), 'base64'), '='), '+/', '-_')`;

export const eventOf = (n: number) => `$${digest('event', n)}` as EventId;
export const roomOf = (n: number) => `!${digest('room', n % ROOMS)}` as RoomId;
export const ownerOf = (n: number) => `@person${n % PEOPLE}:matrix.example.org` as UserId;

/** The same of message `n` as columns of a query over `n`; `op` is as long as an operation id. */
export const IDS_SQL = `n, '$' || ${digestSql('event', 'n')} AS event, '!' || ${digestSql('room', `n % ${ROOMS}`)} AS room,
  '@person' || n % ${PEOPLE} || ':matrix.example.org' AS owner, '$' || ${digestSql('reply', 'n')} AS reply,
  left(encode(sha256(convert_to('answer ' || n, 'UTF8')), 'hex'), 26) AS op`;

/** A message as ingress stores it. */
export function messageBody(event: EventId, room: RoomId, sender: UserId): MessageItem {
  const [originTs, receivedTs] = [1_700_000_000_000, 1_700_000_000_007];
  return { v: 1, type: 'message', room, sender, event, originTs, receivedTs, text: QUESTION, mentions: [] };
}

/** What a turn says last: the final edit of its message. */
export function lastWords(event: EventId, room: RoomId, asker: UserId, op: string, replaces: string): Utterance {
  const answer = { op, text: ANSWER, state: 'done', part: 1, last: true, inResponseTo: event, asker } as const;
  return { chat: room, say: { type: 'answer', ...answer }, replaces };
}

/** The two as SQL over the columns of `IDS_SQL`: their JSON, with the ids put where `%<column>` stands. */
const jsonSql = (value: unknown) =>
  `${['event', 'room', 'owner', 'reply', 'op'].reduce(
    (sql, column) => `replace(${sql}, '%${column}', ${column})`,
    `'${JSON.stringify(value)}'`,
  )}::jsonb`;
const [EVENT, ROOM, OWNER] = ['%event' as EventId, '%room' as RoomId, '%owner' as UserId];
export const MESSAGE_SQL = jsonSql(messageBody(EVENT, ROOM, OWNER));
export const LAST_WORDS_SQL = jsonSql(lastWords(EVENT, ROOM, OWNER, '%op', '%reply'));
