import type { MatrixHttp } from '../../shared/matrix/http.ts';
import type { Wakes } from '../../shared/queue/wakes.ts';
import type { Log } from '../../shared/runtime/log.ts';
import type { Database } from '../../shared/store/postgres.ts';
import type { Profile } from './profile.ts';

export type JobContext = {
  readonly database: Database;
  readonly wakes: Wakes;
  readonly http: MatrixHttp;
  readonly profile: Profile;
  /** How long what is done with is kept, in milliseconds. */
  readonly keepRecordsMs: number;
  readonly log: Log;
  /** A database of one connection, for a lock that is held for as long as it lives. */
  readonly openSession: () => Database;
  /** Aborted when the process is to end: what takes long ends then, and is done again by another. */
  readonly stopping: AbortSignal;
  /** Said by a run that takes long, each time that it gets on. */
  readonly moved: () => void;
};

/** A thing that is done again and again: one file of jobs/ each, with its schedule on it. */
export type Job = {
  readonly name: string;
  /** From the end of one run to the start of the next, in milliseconds. */
  readonly everyMs: number;
  /** Also when Redis has come back, having perhaps forgotten everything: right away, and three seconds later. */
  readonly afterRedis: boolean;
  /** How long a run may take, or be silent, in milliseconds; a minute where nothing is said. */
  readonly patienceMs?: number;
  /** Harmless when two processes do it at once. Throws when something is away: then it is done again a little later. */
  readonly run: (context: JobContext) => Promise<void>;
};
