import type { Limits } from '../../shared/limits/limits.ts';
import type { Control } from '../../shared/queue/control.ts';
import type { Redis } from '../../shared/queue/redis.ts';
import type { Wakes } from '../../shared/queue/wakes.ts';
import type { Log } from '../../shared/runtime/log.ts';
import type { Database } from '../../shared/store/postgres.ts';
import type { Compare } from './comparing.ts';
import type { FastifyInstance } from './http.ts';

/** What the pages work with. */
export type OpsDeps = {
  readonly database: Database;
  /** A connection that only sends; it may be away. */
  readonly redis: Redis;
  readonly wakes: Wakes;
  readonly namespace: string;
  /** Tells a lane's holder to look at it now, and processes to look whether they are drained. */
  readonly control: Pick<Control, 'publishControl' | 'publishDrain'>;
  /** Null where this process has no token of the bot. */
  readonly compare: Compare | null;
  /** Of people, as this process has them in its configuration. */
  readonly limits: Limits;
  readonly log: Log;
};

/** A part of the site: adds its routes. Everything behind the gate has `request.visitor`. */
export type Area = (site: FastifyInstance, deps: OpsDeps) => void | Promise<void>;
