import { type PlaceTime, placeSql, timeSql } from './place-time.ts';
import type { Database } from './postgres.ts';

/** What was to be said and was refused for good. What it says is not among this. */
export type FailedSend = {
  readonly op: string;
  readonly lane: string;
  /** The event that it came of. */
  readonly about: string | null;
  /** What kind of message it is. */
  readonly kind: string | null;
  readonly failure: string;
  readonly at: Date;
  /** For the page behind it. */
  readonly place: PlaceTime;
};

/** An event that came in and could not be understood. */
export type Reject = {
  readonly key: string;
  readonly lane: string | null;
  readonly reason: string;
  readonly at: Date;
  readonly place: PlaceTime;
};

/** Where a page ended: what comes next is older, or as old and of a smaller id. */
export type After = { readonly at: PlaceTime; readonly id: string };
type Paging = { readonly after?: After; readonly limit: number };

const SENDS = {
  name: 'failed_sends',
  text: `SELECT s.op, s.lane_id AS lane, i.key AS about, s.body->'say'->>'type' AS kind, s.failure, s.created_at AS at, ${placeSql('s.created_at')} AS place
    FROM lane_send s LEFT JOIN lane_item i ON i.lane_id = s.lane_id AND i.seq = s.seq
   WHERE s.failure IS NOT NULL AND ($1::text IS NULL OR (s.created_at, s.op) < (${timeSql('$1')}, $2)) ORDER BY s.created_at DESC, s.op DESC LIMIT $3`,
};
const SEND = {
  name: 'failed_send',
  text: `SELECT s.op, s.lane_id AS lane, i.key AS about, s.body->'say'->>'type' AS kind, s.failure, s.created_at AS at, ${placeSql('s.created_at')} AS place
    FROM lane_send s LEFT JOIN lane_item i ON i.lane_id = s.lane_id AND i.seq = s.seq WHERE s.op = $1 AND s.failure IS NOT NULL`,
};
/** As though it had never been tried: whoever takes the lane next says it before anything else, under the same operation id. */
const RETRY = {
  name: 'failed_send_retry',
  text: `UPDATE lane_send s SET sent_at = NULL, failure = NULL WHERE s.op = $1 AND s.failure IS NOT NULL
    RETURNING s.lane_id AS lane, (SELECT i.queue FROM lane_item i WHERE i.lane_id = s.lane_id AND i.seq = s.seq) AS queue`,
};
const DROP_SEND = {
  name: 'failed_send_drop',
  text: 'DELETE FROM lane_send WHERE op = $1 AND failure IS NOT NULL RETURNING 1',
};
const REJECTS = {
  name: 'lane_rejects',
  text: `SELECT key, lane_id AS lane, reason, received_at AS at, ${placeSql('received_at')} AS place FROM lane_reject
   WHERE ($1::text IS NULL OR (received_at, key) < (${timeSql('$1')}, $2)) ORDER BY received_at DESC, key DESC LIMIT $3`,
};
const REJECT = {
  name: 'lane_reject_one',
  text: `SELECT key, lane_id AS lane, reason, received_at AS at, ${placeSql('received_at')} AS place FROM lane_reject WHERE key = $1`,
};
const DROP_REJECT = { name: 'lane_reject_drop', text: 'DELETE FROM lane_reject WHERE key = $1 RETURNING 1' };

/** Newest first. */
export function failedSends(database: Database, { after, limit }: Paging): Promise<FailedSend[]> {
  return database.run<FailedSend>(SENDS, [after?.at ?? null, after?.id ?? null, limit]);
}

export async function failedSend(database: Database, op: string): Promise<FailedSend | null> {
  return (await database.run<FailedSend>(SEND, [op]))[0] ?? null;
}

/** It is to be said again. @returns whose workers are to be woken; null where it is no failed send any more. */
export async function retrySend(
  database: Database,
  op: string,
): Promise<{ lane: string; queue: string | null } | null> {
  return (await database.run<{ lane: string; queue: string | null }>(RETRY, [op]))[0] ?? null;
}

/** @returns false where it is no failed send any more. */
export async function dropSend(database: Database, op: string): Promise<boolean> {
  return (await database.run(DROP_SEND, [op])).length > 0;
}

/** Newest first. */
export function rejects(database: Database, { after, limit }: Paging): Promise<Reject[]> {
  return database.run<Reject>(REJECTS, [after?.at ?? null, after?.id ?? null, limit]);
}

export async function rejected(database: Database, key: string): Promise<Reject | null> {
  return (await database.run<Reject>(REJECT, [key]))[0] ?? null;
}

/** @returns false where it is there no more. */
export async function dropReject(database: Database, key: string): Promise<boolean> {
  return (await database.run(DROP_REJECT, [key])).length > 0;
}
