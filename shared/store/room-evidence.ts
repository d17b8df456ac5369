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
const ERROR = {
  name: 'evidence_error',
  text: `SELECT what, text, at FROM (
      (SELECT CASE WHEN failure IS NULL THEN 'said' ELSE 'unsendable' END AS what, coalesce(failure, body->'say'->>'code') AS text,
          created_at AS at
         FROM lane_send WHERE lane_id = ANY($1) AND (failure IS NOT NULL OR body->'say'->>'code' IS NOT NULL)
        ORDER BY created_at DESC LIMIT 1)
      UNION ALL
      (SELECT 'rejected', reason, received_at FROM lane_reject WHERE lane_id = ANY($1) ORDER BY received_at DESC LIMIT 1)
    ) errors ORDER BY at DESC LIMIT 1`,
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

/** The newest error that the record knows of these lanes. */
export async function lastError(database: Database, lanes: readonly string[]): Promise<RecordedError | null> {
  return (await database.run<RecordedError>(ERROR, [lanes]))[0] ?? null;
}

/** Every question of a room that is open, also one whose time is over and that nobody has settled. */
export async function unansweredQuestions(database: Database, room: RoomId): Promise<OpenQuestion[]> {
  return database.run<OpenQuestion>(QUESTIONS, [room]);
}
