import type { EventId, RoomId, UserId } from '../ids/ids.ts';
import type { Database } from './postgres.ts';

/** How a question ended. */
export type Settlement = 'allowed' | 'rejected' | 'expired';

/** What a question is about. `permission`: an agent's, within a turn. `confirmation`: a command that waits for its yes. */
export type Subject =
  | { readonly kind: 'permission'; readonly lane: string; readonly alwaysOffered: boolean }
  | { readonly kind: 'confirmation'; readonly command: string; readonly argument: string };

/** A question to be asked. Asked again under its id it is the same question. */
export type NewQuestion = {
  readonly id: string;
  readonly roomId: RoomId;
  /** Who may answer. */
  readonly person: UserId;
  /** What would happen, in one line. */
  readonly title: string;
  readonly subject: Subject;
  readonly language: 'en' | 'ru';
  /** The message or command that it came of. */
  readonly cause: EventId;
  readonly thread?: EventId;
  readonly ttlMs: number;
};

export type Question = Omit<NewQuestion, 'ttlMs' | 'thread'> & {
  readonly thread: EventId | null;
  /** Its number among this person's open ones in this room. */
  readonly number: number;
  readonly state: 'open' | Settlement;
  /** Allowed for good. */
  readonly always: boolean;
  /** Why not, in the person's words. */
  readonly reason: string | null;
  /** The event that settled it. */
  readonly settledBy: string | null;
  /** Its message, once it was said. */
  readonly eventId: EventId | null;
  readonly expiresAt: Date;
};

const COLUMNS = `id, room_id AS "roomId", person, number, title, subject, language, cause, thread, state, always, reason,
  settled_by AS "settledBy", event_id AS "eventId", expires_at AS "expiresAt"`;

/** One open question of a title and cause is one row; its number is one that no other open question of the person has there. */
const ASK = {
  name: 'question_ask',
  text: `WITH asked AS (
    INSERT INTO question (id, kind, room_id, person, number, title, subject, language, cause, thread, expires_at)
    SELECT $1, $2::jsonb->>'kind', $3, $4,
      1 + coalesce((SELECT max(number) FROM question WHERE room_id = $3 AND person = $4 AND state = 'open'), 0),
      $5, $2, $6, $7, $8, now() + $9 * interval '1 millisecond'
    ON CONFLICT (id) DO NOTHING RETURNING ${COLUMNS})
  SELECT * FROM asked UNION ALL SELECT ${COLUMNS} FROM question WHERE id = $1 LIMIT 1`,
};
const FIND = { name: 'question_find', text: `SELECT ${COLUMNS} FROM question WHERE id = $1` };
/** What is open, and what this very event has answered before. */
const OPEN = {
  name: 'question_open',
  text: `SELECT ${COLUMNS} FROM question WHERE room_id = $1 AND state = 'open' AND expires_at > now()
         UNION ALL SELECT ${COLUMNS} FROM question WHERE room_id = $1 AND settled_by = $2
         ORDER BY number`,
};
/** Open still, or settled by this same event. */
const SETTLE = {
  name: 'question_settle',
  text: `UPDATE question SET state = $2, settled_by = $3, always = $4, reason = $5
         WHERE id = $1 AND (settled_by = $3 OR (state = 'open' AND ($2 = 'expired' OR expires_at > now()))) RETURNING ${COLUMNS}`,
};
const SAID = { name: 'question_said', text: 'UPDATE question SET event_id = $2 WHERE id = $1 AND event_id IS NULL' };
const OF_CAUSE = {
  name: 'question_of_cause',
  text: `SELECT ${COLUMNS} FROM question WHERE cause = $1 ORDER BY created_at, number`,
};
const EXPIRED = {
  name: 'question_expired',
  text: `SELECT ${COLUMNS} FROM question WHERE state = 'open' AND expires_at < now() ORDER BY expires_at LIMIT 500`,
};
const COUNT_OPEN = {
  name: 'question_count_open',
  text: `SELECT kind, count(*) AS count FROM question WHERE state = 'open' GROUP BY kind`,
};
/** For retention: questions that are settled, and whose turns have ended. */
export const OLD_QUESTIONS = { table: 'question', age: 'created_at', when: "t.state <> 'open'", items: ['cause'] };

/** Asks, or finds what was asked under the same id before. */
export async function askQuestion(database: Database, question: NewQuestion): Promise<Question> {
  const { id, subject, roomId, person, title, language, cause, thread = null, ttlMs } = question;
  const [row] = await database.run<Question>(ASK, [
    id,
    JSON.stringify(subject),
    roomId,
    person,
    title,
    language,
    cause,
    thread,
    Math.round(ttlMs),
  ]);
  return row!;
}

export async function findQuestion(database: Database, id: string): Promise<Question | null> {
  return (await database.run<Question>(FIND, [id]))[0] ?? null;
}

/** The questions open in a room, by number, and the one that event `by` has settled, where it runs again. */
export async function openQuestions(database: Database, roomId: RoomId, by: EventId): Promise<Question[]> {
  return database.run<Question>(OPEN, [roomId, by]);
}

/**
 * Settles a question once: whoever comes second, with another event `by`, gets null. The same event again gets the same.
 * An answer that comes after the question's end is none; `expired` is not bound to the time.
 */
export async function settleQuestion(
  database: Database,
  id: string,
  settlement: Settlement,
  by: string,
  { always = false, reason = null }: { readonly always?: boolean; readonly reason?: string | null } = {},
): Promise<Question | null> {
  return (await database.run<Question>(SETTLE, [id, settlement, by, always, reason]))[0] ?? null;
}

/** The question's message is there. */
export async function recordAsked(database: Database, id: string, eventId: EventId): Promise<void> {
  await database.run(SAID, [id, eventId]);
}

/** All questions that came of one message, in their order. */
export async function questionsOf(database: Database, cause: EventId): Promise<Question[]> {
  return database.run<Question>(OF_CAUSE, [cause]);
}

/** Open ones whose time is over, 500 at most. */
export async function expiredQuestions(database: Database): Promise<Question[]> {
  return database.run<Question>(EXPIRED);
}

/** How many wait for an answer, by what they are about. */
export async function countOpenQuestions(database: Database): Promise<Record<Subject['kind'], number>> {
  const rows = await database.run<{ kind: Subject['kind']; count: number }>(COUNT_OPEN);
  return { permission: 0, confirmation: 0, ...Object.fromEntries(rows.map(({ kind, count }) => [kind, count])) };
}
