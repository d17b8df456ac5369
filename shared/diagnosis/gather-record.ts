import { type EventId, laneOf } from '../ids/ids.ts';
import { lookAtLanes } from '../lane/look-at.ts';
import type { KnownRoom } from '../store/known-rooms.ts';
import type { Database } from '../store/postgres.ts';
import { lastAnswers, lastErrors, unansweredQuestions } from '../store/room-evidence.ts';
import { isIngressActive } from '../store/running-roles.ts';
import { liveMessages } from '../store/turn-context.ts';
import type { Evidence } from './evidence.ts';

const ANSWERS = 3;

/** What the record itself tells of a room. */
export type RecordEvidence = Omit<Evidence, 'redis' | 'workers' | 'agentProblem' | 'member'>;

/** Looks at what a room’s silence may come of, as far as the database tells. */
export async function gatherRecord(database: Database, room: KnownRoom): Promise<RecordEvidence> {
  const { roomId, owner } = room;
  const lanes = [laneOf.room(roomId), laneOf.control(roomId), laneOf.files(roomId), laneOf.person(owner)];
  const [looks, questions, answers, errors, ingress] = await Promise.all([
    lookAtLanes(database.run, lanes),
    unansweredQuestions(database, roomId),
    lastAnswers(database, lanes[0]!, ANSWERS),
    lastErrors(database, lanes.slice(0, 3), 1),
    isIngressActive(database),
  ]);
  const [lane, ...beside] = looks;
  const live = lane!.head ? await liveMessages(database, lane!.head.key as EventId) : [];
  return { room, lane: lane!, beside, live, questions, answers, error: errors[0] ?? null, ingress };
}
