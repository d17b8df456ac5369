import type { LaneLook } from '../lane/look-at.ts';
import type { QueueName } from '../queue/queues.ts';
import type { KnownRoom } from '../store/known-rooms.ts';
import type { LiveMessage } from '../store/live-messages.ts';
import type { GivenAnswer, OpenQuestion, RecordedError } from '../store/room-evidence.ts';

/** `drained`: an operator told it to take no new work. `silent`: nothing was heard of it for 15 s. */
export type RunningProcess = {
  readonly role: string;
  readonly instance: string;
  readonly state: 'there' | 'drained' | 'silent';
};

/** All that is known about a room and what it depends on. Null stands for what could not be found out. */
export type Evidence = {
  readonly room: KnownRoom;
  /** Of the room’s own turns. */
  readonly lane: LaneLook;
  /** Overtaking commands, files that go out, and what is done for the owner. */
  readonly beside: readonly LaneLook[];
  /** What has been shown of the answer to the head. */
  readonly live: readonly LiveMessage[];
  readonly questions: readonly OpenQuestion[];
  readonly answers: readonly GivenAnswer[];
  readonly error: RecordedError | null;
  readonly ingress: boolean;
  /** Workers by the queue that they listen to; null where Redis does not answer or does not tell. */
  readonly workers: Readonly<Record<QueueName, number>> | null;
  /** What processes tell of themselves through Redis, or no longer tell; absent where it does not answer. */
  readonly processes?: readonly RunningProcess[];
  readonly redis: boolean;
  /** Why the agent host does not answer; undefined where it does. */
  readonly agentProblem: string | undefined;
  /** Whether the bot is in the room; null where the homeserver did not say. */
  readonly member: boolean | null;
};
