import { codeOf } from '../errors/surfaces-error.ts';
import type { EventId, OpId, RoomId, UserId } from '../ids/ids.ts';
import { counter, gauge, histogram } from '../runtime/metrics.ts';
import type { Span } from '../runtime/span.ts';
import { inSpan } from '../runtime/tracing.ts';
import { carryWork, currentWork } from '../runtime/work.ts';
import type { Budget } from './budget.ts';
import { isAbort, type MatrixHttp, path } from './http.ts';
import { type Content, seeThrough } from './see-through.ts';
import { Typing } from './typing.ts';

type OfSend = {
  readonly room: RoomId;
  readonly type: string;
  readonly txnId: string;
  readonly signal?: AbortSignal;
};
/**
 * First words, final texts, commands, notices. The signal ends the tries: what is on its way may or may not arrive. A
 * content that is a function is asked for when it leaves: until then it is sure that nothing was sent.
 */
export type FirstSend = OfSend & {
  readonly priority: 'first';
  readonly content: Content | (() => Content);
  readonly deadlineMs?: number;
};
/**
 * An edit of a text that grows. Its content is taken when its turn comes, so the newest wins; `null` drops it. The signal
 * drops it while it waits; once it is on its way it is seen through, since one that arrived late would cover the final text.
 * Before each further try it is asked for its content again: `null`, it must not arrive any more. `lost`: nobody here says
 * the final text, and whoever does cannot wait for it: what has not left yet is not sent, what is on its way is not waited for.
 */
export type MiddleSend = OfSend & {
  readonly priority: 'middle';
  readonly content: () => Content | null;
  readonly lost?: AbortSignal;
};

type Waiting = {
  readonly send: FirstSend | MiddleSend;
  readonly since: number;
  readonly resolve: (eventId: EventId | null) => void;
  readonly reject: (error: unknown) => void;
  readonly span: Span | undefined;
  /** It is sent on behalf of whoever wished it, in whosever round its turn comes. */
  readonly within: ReturnType<typeof carryWork>;
  /** Undoes the listening to the send's signal. */
  readonly deaf: () => void;
};

const MOST_FIRST = 16;
const MOST_MIDDLE = 2;
const FIRST_DEADLINE_MS = 60_000;
const MIDDLE_DEADLINE_MS = 30_000;

const sends = counter('matrix_sends_total', 'events sent, by priority and outcome', ['priority', 'outcome']);
const waited = histogram('matrix_send_wait_seconds', 'from the wish to send to the first try', ['priority']);
const queued = gauge('matrix_sends_waiting', 'sends that wait for their turn', ['priority']);

/** The transaction id of one send of an operation: always the same, so that a repetition is no second event. */
export function txnIdOf(op: OpId, suffix: string | number): string {
  return `${op}.${suffix}`;
}

/**
 * The one door out for events. Order within a room is the caller's: it waits for one send before it makes the next.
 * Over all rooms of the process, first words and final texts go before any middle edit, and these before typing.
 */
export class Sender {
  readonly #http: MatrixHttp;
  readonly #budget: Budget;
  readonly #first: Waiting[] = [];
  readonly #middle: Waiting[] = [];
  readonly #flying = { first: 0, middle: 0 };
  readonly #closed = new AbortController();
  readonly #typing: Typing;
  #asking = false;
  #wakeAt: NodeJS.Timeout | undefined;
  #sendMs = 30;

  constructor(options: { http: MatrixHttp; budget: Budget }) {
    this.#http = options.http;
    this.#budget = options.budget;
    const busy = () => this.#first.length + this.#middle.length + this.#flying.first > 0;
    this.#typing = new Typing(options.http, busy, this.#closed.signal);
  }

  /**
   * Sends one event.
   * @returns its id; null for a middle edit that was dropped.
   * @throws MatrixRefusal; `matrix_token_invalid`; `matrix_unavailable` when the deadline has passed (60 s unless given;
   *   waiting for a 429 to end does not count); AbortError.
   */
  sendEvent(send: FirstSend): Promise<EventId>;
  sendEvent(send: MiddleSend): Promise<EventId | null>;
  sendEvent(send: FirstSend | MiddleSend): Promise<EventId | null> {
    const { room, txnId } = send;
    return inSpan(`send ${whatOf(send)}`, { room, op: txnId.split('.')[0] }, async (span) => {
      const eventId = await this.#enqueue(send, span);
      span?.set({ outcome: eventId === null ? 'dropped' : 'ok', sent: eventId ?? undefined });
      return eventId;
    });
  }

  #enqueue(send: FirstSend | MiddleSend, span: Span | undefined): Promise<EventId | null> {
    return new Promise((resolve, reject) => {
      const list = send.priority === 'first' ? this.#first : this.#middle;
      const forget = () => this.#forget(list, waiting);
      const deaf = () => send.signal?.removeEventListener('abort', forget);
      const waiting: Waiting = { send, since: performance.now(), resolve, reject, deaf, span, within: carryWork() };
      if (send.signal?.aborted || this.#closed.signal.aborted) {
        drop(waiting);
        return;
      }
      list.push(waiting);
      send.signal?.addEventListener('abort', forget, { once: true });
      this.#pump();
    });
  }

  /** Shows or ends “is typing” for 30 s at most, when nothing else is to be sent. */
  typing(room: RoomId, self: UserId, on: boolean): void {
    this.#typing.show(room, self, on);
  }

  /** What the pacer of edits goes by. `sendMs`: how long a PUT took of late. */
  stats(): { sendMs: number; waiting: number; flying: number } {
    const { first, middle } = this.#flying;
    return { sendMs: this.#sendMs, waiting: this.#first.length + this.#middle.length, flying: first + middle };
  }

  /** Ends every try; what waits rejects. */
  async close(): Promise<void> {
    this.#closed.abort({ cancel: false });
    clearTimeout(this.#wakeAt);
    for (const list of [this.#first, this.#middle]) for (const waiting of list.splice(0)) drop(waiting);
  }

  #next(): Waiting[] | undefined {
    if (this.#first.length > 0) return this.#flying.first < MOST_FIRST ? this.#first : undefined;
    return this.#middle.length > 0 && this.#flying.middle < MOST_MIDDLE ? this.#middle : undefined;
  }

  /** Lets go whatever may go now. One question to the budget at a time; what is let go is chosen after its answer. */
  #pump(): void {
    queued.set({ priority: 'first' }, this.#first.length);
    queued.set({ priority: 'middle' }, this.#middle.length);
    const asked = this.#next();
    if (!asked || this.#asking || this.#closed.signal.aborted) return;
    this.#asking = true;
    const priority = asked === this.#first ? 'first' : 'middle';
    void this.#budget
      .take(priority)
      .catch(() => 0)
      .then((waitMs) => {
        this.#asking = false;
        clearTimeout(this.#wakeAt);
        if (waitMs > 0) {
          this.#wakeAt = setTimeout(() => this.#pump(), waitMs);
          return;
        }
        const waiting = (priority === 'first' ? this.#first : (this.#next() ?? [])).shift();
        if (waiting) void waiting.within(() => this.#fly(waiting));
        this.#pump();
      });
  }

  async #fly(waiting: Waiting): Promise<void> {
    const { send } = waiting;
    waiting.deaf();
    const content = typeof send.content === 'function' ? send.content() : send.content;
    if (content === null) {
      waiting.resolve(null);
      return;
    }
    const waitedMs = performance.now() - waiting.since;
    waited.observe({ priority: send.priority }, waitedMs / 1000);
    waiting.span?.set({ waited_ms: Math.round(waitedMs) });
    this.#flying[send.priority] += 1;
    try {
      const eventId = await this.#seeThrough(waiting, content);
      sends.inc({ priority: send.priority, outcome: 'ok' });
      waiting.resolve(eventId);
    } catch (error) {
      sends.inc({ priority: send.priority, outcome: isAbort(error) ? 'aborted' : codeOf(error) });
      waiting.reject(error);
    } finally {
      this.#flying[send.priority] -= 1;
      this.#pump();
    }
  }

  #seeThrough({ send, span }: Waiting, content: Content): Promise<EventId> {
    let limited = 0;
    const own = send.priority === 'first' ? send.signal : send.lost;
    return seeThrough({
      http: this.#http,
      budget: this.#budget,
      priority: send.priority,
      path: path`/_matrix/client/v3/rooms/${send.room}/send/${send.type}/${send.txnId}`,
      content,
      still: () => send.priority === 'first' || send.content() !== null,
      patienceMs: send.priority === 'first' ? (send.deadlineMs ?? FIRST_DEADLINE_MS) : MIDDLE_DEADLINE_MS,
      signal: own ? AbortSignal.any([own, this.#closed.signal]) : this.#closed.signal,
      onAnswer: (ms) => {
        this.#sendMs += (ms - this.#sendMs) * 0.2;
      },
      onLimited: () => {
        limited += 1;
        span?.set({ limited });
        const work = currentWork();
        if (work) work.limited += 1;
      },
    });
  }

  #forget(list: Waiting[], waiting: Waiting): void {
    const index = list.indexOf(waiting);
    if (index === -1) return;
    list.splice(index, 1);
    drop(waiting);
  }
}

/** What its span is called. */
function whatOf({ priority, txnId }: FirstSend | MiddleSend): string {
  if (priority === 'middle') return 'edit';
  if (txnId.endsWith('.open')) return 'first words';
  return txnId.endsWith('.final') ? 'final' : 'message';
}

function drop({ send, resolve, reject, deaf }: Waiting): void {
  deaf();
  if (send.priority === 'middle') resolve(null);
  else reject(Object.assign(new DOMException('the send was aborted', 'AbortError'), { cause: send.signal?.reason }));
}
