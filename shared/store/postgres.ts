import pg from 'pg';
import { describe, SurfacesError } from '../errors/surfaces-error.ts';
import { databaseTrouble } from './database-trouble.ts';
import { statements as outcomes, watchPool } from './postgres-metrics.ts';

/** A named statement is parsed once on each connection. `text` of one name never changes within a process. */
export type Statement = {
  readonly name: string;
  readonly text: string;
  /** The connection is given up where no answer has come by then, in milliseconds; 20 s where nothing is said. */
  readonly answerMs?: number;
};

export type Database = {
  /**
   * Runs one statement in its own transaction. BIGINT comes as a number (exact up to 2^53), timestamps as Date.
   * @throws SurfacesError `database_unavailable` where Postgres is away, is shutting down or has no room: the outcome of
   * the statement is then unknown. What the statement itself did wrong passes as pg's own error with its SQLSTATE.
   */
  run<Row>(statement: Statement, values?: readonly unknown[]): Promise<Row[]>;
  /** Statements run so far: the cost of a piece of work is a difference of two readings. */
  readonly statements: number;
  close(): Promise<void>;
};

export type DatabaseOptions = {
  /** The schema; `search_path` of every connection. */
  readonly namespace: string;
  /** Connections at most. */
  readonly max?: number;
  /** Shown in pg_stat_activity. */
  readonly applicationName?: string;
};

const CONNECT_MS = 5_000;
/** The server ends a statement before the client gives up on it, so that a slow one is not taken for a dead server. */
const STATEMENT_MS = 15_000;
const ANSWER_MS = 20_000;
const IDLE_MS = 60_000;
/** How pg says that an answer did not come. */
const SILENCE = /query read timeout/i;

const INT8 = 20;
const parsers = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    oid === INT8 ? Number : pg.types.getTypeParser(oid, format as 'text'),
};

/** The one door to Postgres: a pool that connects when it is first used, and again after the server was away. */
export function openDatabase(url: string, options: DatabaseOptions): Database {
  const pool = new pg.Pool({
    connectionString: withSettings(url, options.namespace),
    max: options.max ?? 10,
    application_name: options.applicationName ?? 'surfaces',
    connectionTimeoutMillis: CONNECT_MS,
    idleTimeoutMillis: IDLE_MS,
    query_timeout: ANSWER_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    types: parsers as pg.CustomTypesConfig,
  });
  // An idle connection that breaks is replaced by the next statement; without a listener it would end the process.
  pool.on('error', () => {});
  const unwatch = watchPool(pool);
  const madeAt = new WeakMap<pg.PoolClient, number>();
  pool.on('connect', (client) => {
    madeAt.set(client, performance.now());
    // While a statement runs the pool does not listen: a connection that is reset then would end the process, too. The statement fails.
    client.on('error', () => {});
  });
  let lastSilence = 0;

  /** Where one connection was silent, those that are as old have gone the same way: they are not tried one after the other. */
  async function connection(): Promise<pg.PoolClient> {
    for (;;) {
      const client = await pool.connect();
      if ((madeAt.get(client) ?? 0) >= lastSilence) return client;
      client.release(true);
    }
  }
  let statements = 0;
  return {
    async run<Row>(statement: Statement, values: readonly unknown[] = []): Promise<Row[]> {
      statements += 1;
      let client: pg.PoolClient;
      try {
        client = await connection();
      } catch (error) {
        outcomes.inc({ outcome: 'unavailable' });
        throw unavailable(error);
      }
      try {
        const { name, text, answerMs } = statement;
        const query = { name, text, values: [...values], ...(answerMs !== undefined && { query_timeout: answerMs }) };
        const result = await client.query(query);
        client.release();
        outcomes.inc({ outcome: 'ok' });
        return result.rows as Row[];
      } catch (error) {
        const trouble = databaseTrouble(error);
        if (trouble && SILENCE.test(trouble)) lastSilence = performance.now();
        client.release(trouble !== null);
        outcomes.inc({ outcome: trouble ? 'unavailable' : 'failed' });
        if (trouble) throw unavailable(error);
        throw error;
      }
    },
    get statements() {
      return statements;
    },
    close() {
      unwatch();
      return pool.end();
    },
  };
}

/** A connection of its own, outside of any pool: for migrations and locks that live as long as their connection. */
export async function connectOnce(url: string, namespace: string, applicationName: string): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: withSettings(url, namespace),
    application_name: applicationName,
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
    types: parsers as pg.CustomTypesConfig,
  });
  client.on('error', () => {});
  try {
    await client.connect();
  } catch (error) {
    throw unavailable(error);
  }
  return client;
}

export type Connection = pg.Client;

function unavailable(error: unknown): SurfacesError {
  return new SurfacesError('database_unavailable', `Postgres does not answer: ${describe(error)}`, { cause: error });
}

/**
 * Settings go into the url, because pg lets what stands there win over options given beside it. READ COMMITTED is set
 * and not presumed: the lane's functions depend on a fresh snapshot for each of their statements.
 */
function withSettings(url: string, namespace: string): string {
  if (!/^[a-z][a-z0-9_]{0,40}$/.test(namespace)) throw new TypeError(`not a schema name: ${namespace.slice(0, 60)}`);
  const parsed = new URL(url);
  parsed.searchParams.delete('schema');
  const settings = [
    parsed.searchParams.get('options') ?? '',
    `-c search_path=${namespace}`,
    `-c statement_timeout=${STATEMENT_MS}`,
    '-c default_transaction_isolation=read\\ committed',
    '-c idle_in_transaction_session_timeout=60000',
    // Statements here read by key. A plan that was kept from when a table was small must not scan it when it is large,
    // and the cost that this puts on the rare scan must not set off a compilation of its own.
    '-c enable_seqscan=off',
    '-c jit=off',
  ];
  parsed.searchParams.set('options', settings.join(' ').trim());
  // `+` for a space is a form's way and not understood in a connection url.
  return parsed.href.replaceAll('+', '%20');
}
