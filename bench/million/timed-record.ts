import { toSends } from '../../shared/delivery/utterances.ts';
import type { EventId, OpId } from '../../shared/ids/ids.ts';
import { opId } from '../../shared/ids/ids.ts';
import { intake } from '../../shared/lane/intake.ts';
import { LeaseKeeper } from '../../shared/lane/lease.ts';
import { runLane } from '../../shared/lane/run-lane.ts';
import { backlog, sweepExpired, sweepPending } from '../../shared/lane/sweep.ts';
import { recordOpened, reserveEdits, reserveLiveMessage } from '../../shared/store/live-messages.ts';
import { type Database, openDatabase } from '../../shared/store/postgres.ts';
import { turnContext } from '../../shared/store/turn-context.ts';
import { eventOf, lastWords, messageBody, ownerOf, roomOf } from './message-shape.ts';

const PAGE = 10;
const QUIET = { warn() {}, error() {} };

/** A record through which messages go by the roles' own code, with a clock on each statement. */
export class TimedRecord {
  readonly #database: Database;
  readonly #leases: LeaseKeeper;
  readonly #source: string;
  #next: number;
  #pages = 0;
  /** Milliseconds of each call, by the statement's name. */
  readonly times = new Map<string, number[]>();

  /** @param from the number of the first message that is not there yet. */
  constructor(url: string, namespace: string, from: number, source = 'bench') {
    const inner = openDatabase(url, { namespace, max: 4, applicationName: 'bench' });
    this.#database = {
      run: async (statement, values) => {
        const began = performance.now();
        const rows = await inner.run<never>(statement, values);
        const times = this.times.get(statement.name) ?? [];
        times.push(performance.now() - began);
        this.times.set(statement.name, times);
        return rows;
      },
      get statements() {
        return inner.statements;
      },
      close: () => inner.close(),
    };
    this.#leases = new LeaseKeeper({ sql: this.#database.run, holder: source, leaseMs: 60_000, log: QUIET });
    this.#source = source;
    this.#next = from;
  }

  /** Forgets what was timed so far. */
  reset(): void {
    this.times.clear();
  }

  close(): Promise<void> {
    return this.#database.close();
  }

  /** One page of messages of as many rooms: taken in, and each of them run to its end. */
  async page(): Promise<void> {
    const numbers = Array.from({ length: PAGE }, (_, at) => this.#next + at);
    this.#next += PAGE;
    const from = this.#pages === 0 ? '' : `p${this.#pages}`;
    this.#pages += 1;
    const items = numbers.map((n) => {
      const [key, room] = [eventOf(n), roomOf(n)];
      return { key, lane: `room/${room}`, queue: 'turns', body: messageBody(key, room, ownerOf(n)) };
    });
    await intake(this.#database.run, { source: this.#source, from, to: `p${this.#pages}`, items });
    for (const n of numbers) await this.#turn(n);
  }

  /** What the reconcile worker asks all the time. */
  async sweep(): Promise<void> {
    await sweepExpired(this.#database.run);
    await sweepPending(this.#database.run, 5_000);
    await backlog(this.#database.run);
  }

  async #turn(n: number): Promise<void> {
    const [room, event, sender, lane] = [roomOf(n), eventOf(n), ownerOf(n), `room/${roomOf(n)}`];
    const outcome = await runLane({
      lane,
      queue: 'turns',
      sql: this.#database.run,
      leases: this.#leases,
      wake: async () => {},
      run: async (item, { epoch }) => {
        const about = { room, event, sender, position: item.position, writes: 'en', mayPick: false } as const;
        await turnContext(this.#database, about);
        const op: OpId = opId('answer', event, 1);
        const message = { op, roomId: room, cause: event, part: 1, edits: 0, lane, epoch };
        await reserveLiveMessage(this.#database, message);
        const reply = `$${event.slice(1)}` as EventId;
        await recordOpened(this.#database, op, reply);
        await reserveEdits(this.#database, op, 10);
        return toSends([lastWords(event, room, sender, op, reply)]);
      },
      deliver: async () => {},
      onDefect: (_, error) => {
        throw error;
      },
      log: QUIET,
    });
    if (outcome !== 'done') throw new Error(`message ${n} was not done but ${outcome}`);
  }
}
