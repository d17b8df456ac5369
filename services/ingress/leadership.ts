import { describe, SurfacesError } from '../../shared/errors/surfaces-error.ts';
import type { Log } from '../../shared/runtime/log.ts';
import type { Database } from '../../shared/store/postgres.ts';
import { sleep } from '../../shared/time/time.ts';

const BEAT_MS = 1_000;
/** A standby asks more often: a leader that was told to stop gives the lock back at once, and people wait for its successor. */
const STANDBY_BEAT_MS = 200;

/**
 * An advisory lock is held by a session, and Postgres ends a session that is idle for 3 s: so a process that was killed
 * loses it at once, one that hangs or is cut off within 3 s, and no table is needed. Taking a lock again that one holds
 * succeeds, so one statement takes it and finds out whether it is still there.
 */
const BEAT = {
  name: 'ingress_beat',
  text: `SELECT set_config('idle_session_timeout', '3s', false), set_config('tcp_keepalives_idle', '2', false),
    pg_try_advisory_lock(hashtext($1), hashtext(current_schema())) AS mine`,
};

/**
 * Who is the one active ingress. This only keeps two from doing the same work: what makes two harmless is the
 * compare-and-set of the sync token.
 */
export class Leadership {
  readonly #session: Database;
  readonly #source: string;
  readonly #log: Log;
  readonly #beating: Promise<void>;
  readonly #stop = new AbortController();
  #term: AbortController | undefined;
  readonly #waiting: ((term: AbortSignal) => void)[] = [];

  /** @param session a database of exactly one connection, used for nothing else. */
  constructor(session: Database, source: string, log: Log) {
    this.#session = session;
    this.#source = source;
    this.#log = log;
    this.#beating = this.#beat();
  }

  /** Resolves when this process leads, with a signal that aborts when it no longer does; aborted already, if it stops. */
  lead(stopping: AbortSignal): Promise<AbortSignal> {
    if (this.#term || stopping.aborted) return Promise.resolve(this.#term?.signal ?? stopping);
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      stopping.addEventListener('abort', () => resolve(stopping), { once: true });
    });
  }

  async close(): Promise<void> {
    this.#stop.abort();
    this.#term?.abort();
    await this.#beating;
    await this.#session.close();
  }

  async #beat(): Promise<void> {
    do {
      try {
        const [row] = await this.#session.run<{ mine: boolean }>(BEAT, [`ingress ${this.#source}`]);
        if (row?.mine) this.#begin();
        else this.#end('another ingress is active');
      } catch (error) {
        if (!(error instanceof SurfacesError)) this.#log.error({ err: error }, 'the lock of the active ingress fails');
        this.#end(describe(error));
      }
    } while (await sleep(this.#term ? BEAT_MS : STANDBY_BEAT_MS, this.#stop.signal));
  }

  #begin(): void {
    if (this.#term) return;
    this.#term = new AbortController();
    this.#log.info('this ingress is active');
    for (const resolve of this.#waiting.splice(0)) resolve(this.#term.signal);
  }

  #end(why: string): void {
    if (!this.#term) return;
    this.#log.warn({ why }, 'this ingress steps back to standby');
    this.#term.abort();
    this.#term = undefined;
  }
}
