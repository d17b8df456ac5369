/** A named statement: parsed once on each connection of the one who runs it. */
/** `answerMs`: an answer that comes later is not waited for; milliseconds. */
export type Statement = { readonly name: string; readonly text: string; readonly answerMs?: number };

/**
 * The lane's way to Postgres: one statement, in its own transaction, READ COMMITTED. Throws a SurfacesError with
 * disposition `wait` where the database is away and the outcome therefore unknown.
 */
export type RunSql = <Row>(statement: Statement, values?: readonly unknown[]) => Promise<Row[]>;

/** Says that a lane has work for a queue. May get lost, may come twice, never throws. */
export type Wake = (lane: string, queue: string) => Promise<void>;

/** That `lane` has work whose workers listen to `queue`. */
export type LaneWake = { readonly lane: string; readonly queue: string };

/** One piece of work, as it stands in the record. */
export type LaneItem<Body = unknown> = {
  readonly key: string;
  readonly lane: string;
  /** 1, 2, 3 … without gaps in a lane. */
  readonly seq: number;
  /** The order over all lanes of one source. */
  readonly position: number;
  readonly queue: string;
  readonly body: Body;
  /** The body is the one of an amendment that came before the start. */
  readonly amended: boolean;
  /** The body before the amendment; null where there is none. */
  readonly original: Body | null;
  /** Epoch milliseconds, by the database's clock. */
  readonly receivedAt: number;
};

/** What an item wants said to the outside. `op` is its idempotency key, the same however often the item runs. */
export type Send = { readonly op: string; readonly body: unknown };

export type PendingSend = Send & {
  /** Epoch milliseconds: when the item was committed. */
  readonly createdAt: number;
  /** Tries of this worker before this one. */
  readonly attempt: number;
};

/** Where the lane writes what an operator should read. */
export type LaneLog = {
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
};
