import type { UserId } from '../../shared/ids/ids.ts';
import type { LaneWake, RunSql } from '../../shared/lane/lane.ts';
import type { MatrixHttp } from '../../shared/matrix/http.ts';
import type { Readiness } from '../../shared/runtime/health.ts';
import type { Log } from '../../shared/runtime/log.ts';
import type { Progress } from '../../shared/runtime/progress.ts';
import type { Leadership } from './leadership.ts';
import type { CatchUpLimits } from './look-back/plan-room.ts';
import type { QueueLimit } from './queue-limit.ts';

/** What /sync is read and handed on with. */
export type SyncParts = {
  readonly http: MatrixHttp;
  readonly sql: RunSql;
  readonly self: UserId;
  readonly source: string;
  readonly leadership: Pick<Leadership, 'lead'>;
  /** Both may get lost: the sweeper and the heartbeat make up for it. */
  readonly wake: (wakes: readonly LaneWake[]) => Promise<void>;
  readonly poke: (lane: string) => Promise<void>;
  /** Has the rooms compared with the record, and resolves when that is over, or has taken too long. */
  readonly reconciled: (signal: AbortSignal) => Promise<void>;
  readonly limits: CatchUpLimits;
  /** How many messages of a person may wait. */
  readonly queueLimit: Pick<QueueLimit, 'apply'>;
  readonly readiness: Pick<Readiness, 'met' | 'unmet'>;
  /** Expected to move while this ingress is the active one. */
  readonly progress: Pick<Progress, 'begun' | 'moved' | 'idle'>;
  readonly log: Log;
  readonly stopping: AbortSignal;
  /** For tests: a shorter long poll, and how long after its end an answer may come. */
  readonly poll?: { readonly ms: number; readonly marginMs: number };
};
