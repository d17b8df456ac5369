import type { EventId, RoomId, UserId } from '../ids/ids.ts';
import type { Database } from './postgres.ts';

/** An answer that was given: of it only where and how it ended. */
export type GivenAnswer = {
  readonly inResponseTo: EventId | null;
  /** The message that its last part replaced; null where that was a new one. */
  readonly eventId: EventId | null;
  readonly state: string;
  readonly code: string | null;
  readonly at: Date;
  readonly sentAt: Date | null;
};

/** What was said with a code of the error table, could not be sent, or was not understood. */
export type RecordedError = {
  readonly what: 'said' | 'unsendable' | 'rejected';
  readonly text: string;
  readonly at: Date;
  /** The event that it is about, where it is known. */
  readonly about: string | null;
};

/** A question that nobody has answered: whom it waits for, not what it asks. */
export type OpenQuestion = {
  readonly id: string;
  readonly kind: 'permission' | 'confirmation';
  readonly person: UserId;
  readonly cause: EventId;
  /** Its message; null where it was not sent yet. */
  readonly eventId: EventId | null;
  readonly askedAt: Date;
  readonly expiresAt: Date;
};

const ANSWERS = {
  name: 'evidence_answers',
  text: `SELECT body->'say'->>'inResponseTo' AS "inResponseTo", body->>'replaces' AS "eventId", body->'say'->>'state' AS state,
      body->'say'->>'code' AS code, created_at AS at, sent_at AS "sentAt"
    FROM lane_send WHERE lane_id = $1 AND body->'say'->>'type' = 'answer' AND body->'say'->>'last' = 'true'
   ORDER BY seq DESC, ordinal DESC LIMIT $2`,
};
/** Of each lane what it said last, and of what was not understood the newest: a room that is full of both costs no more. */
const ERRORS = {
  name: 'evidence_errors',
  text: `SELECT what, text, at, about FROM (
      (SELECT CASE WHEN failure IS NULL THEN 'said' ELSE 'unsendable' END AS what, coalesce(failure, body->'say'->>'code') AS text,
          created_at AS at, body->'say'->>'inResponseTo' AS about
         FROM unnest($1::text[]) AS t (lane) CROSS JOIN LATERAL (
           SELECT * FROM lane_send WHERE lane_id = t.lane ORDER BY seq DESC, ordinal DESC LIMIT 200) s
        WHERE failure IS NOT NULL OR body->'say'->>'code' IS NOT NULL)
      UNION ALL
      (SELECT 'rejected', reason, received_at, key FROM (SELECT * FROM lane_reject ORDER BY received_at DESC LIMIT 2000) r
        WHERE lane_id = ANY($1))
    ) errors ORDER BY at DESC LIMIT $2`,
};
const QUESTIONS = {
  name: 'evidence_questions',
  text: `SELECT id, kind, person, cause, event_id AS "eventId", created_at AS "askedAt", expires_at AS "expiresAt"
    FROM question WHERE room_id = $1 AND state = 'open' ORDER BY created_at`,
};

/** The last answers of a lane, the newest first. */
export async function lastAnswers(database: Database, lane: string, most: number): Promise<GivenAnswer[]> {
  return database.run<GivenAnswer>(ANSWERS, [lane, most]);
}

/** The newest errors that the record knows of these lanes, among the last 200 words of each and the 2,000 newest rejects. */
export async function lastErrors(database: Database, lanes: readonly string[], most: number): Promise<RecordedError[]> {
  return database.run<RecordedError>(ERRORS, [lanes, most]);
}

/** Every question of a room that is open, also one whose time is over and that nobody has settled. */
export async function unansweredQuestions(database: Database, room: RoomId): Promise<OpenQuestion[]> {
  return database.run<OpenQuestion>(QUESTIONS, [room]);
}
