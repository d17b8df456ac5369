import { SurfacesError } from '../errors/surfaces-error.ts';
import { AgentRefusal, TurnDetached } from './agent-refusal.ts';
import type { ClientMessage, RequestBody } from './client-messages.ts';
import type { TurnError } from './content.ts';
import type { ErrorAnswer, HostMessage } from './host-messages.ts';
import type { RunTurn } from './run-turn.ts';
import type { TurnEnded, TurnEvent } from './turn-events.ts';
import { TurnQueue } from './turn-queue.ts';

type Port = {
  readonly isUp: () => boolean;
  readonly connect: () => void;
  readonly send: (message: ClientMessage) => boolean;
  readonly ask: (message: RequestBody, onAnswer: (answer: HostMessage | null) => void) => string;
  /** `ended`: the host is done with the turn as well. */
  readonly done: (ended: boolean) => void;
};

/** What the follower's one timer waits for. */
type Waiting = 'connection' | 'event' | 'retry' | 'cancelled' | 'nothing';

const CANCEL_GRACE_MS = 5_000;
const BUSY_RETRY_MS = 200;
/**
 * The caller runs one turn at a time in a session, so another one that still runs there is an orphan: its worker gave
 * it up, or the record was restored from a backup. It is given this long to end by itself.
 */
const ORPHAN_MS = 2_000;

const BUSY: ReadonlySet<string> = new Set(['session_busy', 'overloaded', 'rate_limited', 'agent_unavailable']);
const GONE: ReadonlySet<string> = new Set(['unknown_turn', 'unknown_session', 'events_expired']);

/** One turn as this side sees it: what was received, and what to do when the connection, the agent or the person ends. */
export class TurnFollower {
  readonly #turn: RunTurn;
  readonly #patienceMs: number;
  readonly #port: Port;
  readonly #queue = new TurnQueue();
  readonly #onAbort = () => this.#aborted();
  #lastSeq = 0;
  /** The host is known to have the turn: from here on it is only attached to, never started. */
  #known = false;
  #asking = false;
  #busySince: number | undefined;
  #awaitsPerson = false;
  #cancelling = false;
  #finished = false;
  #timer: NodeJS.Timeout | undefined;
  #waiting: Waiting = 'nothing';

  constructor(turn: RunTurn, patienceMs: number, port: Port) {
    this.#turn = turn;
    this.#patienceMs = patienceMs;
    this.#port = port;
  }

  start(): void {
    const { signal } = this.#turn;
    if (signal.aborted) this.#aborted();
    if (this.#finished) return;
    signal.addEventListener('abort', this.#onAbort, { once: true });
    if (this.#port.isUp()) {
      this.#wait('event', this.#turn.idleTimeoutMs);
      this.onUp();
    } else {
      this.#wait('connection', this.#patienceMs);
      this.#port.connect();
    }
  }

  async *events(): AsyncGenerator<TurnEvent, void, void> {
    try {
      for (let event = await this.#queue.next(); event; event = await this.#queue.next()) yield event;
    } finally {
      this.#finish(null, false);
    }
  }

  /** Leaves the turn to whoever comes next. */
  detach(): void {
    this.#finish(new TurnDetached(this.#turn.turnId), false);
  }

  onUp(): void {
    if (this.#waiting === 'connection') this.#wait('event', this.#turn.idleTimeoutMs);
    if (this.#known || this.#cancelling) this.#attach();
    else this.#begin();
    if (this.#cancelling) this.#sendCancel();
  }

  /** @param fatal why it is of no use to wait for the connection, if so. */
  onDown(fatal: SurfacesError | null): void {
    this.#asking = false;
    if (fatal) this.#finish(fatal, false);
    else if (this.#waiting !== 'cancelled') this.#wait('connection', this.#patienceMs);
  }

  onEvent(event: TurnEvent): void {
    if (this.#finished) return;
    this.#known = true;
    // A host that lost its last events ends the turn with a seq that was seen before: an end counts always.
    if (event.type !== 'turn.ended') {
      if (event.seq <= this.#lastSeq) return;
      if (event.seq > this.#lastSeq + 1) {
        this.#attach();
        return;
      }
    }
    this.#lastSeq = Math.max(event.seq, this.#lastSeq);
    this.#queue.push(event);
    if (event.type === 'turn.ended') this.#finish(null, true);
    if (event.type === 'turn.state') this.#awaitsPerson = event.state === 'requires_action';
    if (this.#waiting === 'event') this.#wait('event', this.#turn.idleTimeoutMs);
  }

  #begin(): void {
    const { sessionId, turnId, workspace, input, traceparent } = this.#turn;
    this.#asking = true;
    // Both at once: the host takes the requests of a session in their order, and a round trip is saved.
    this.#port.ask({ type: 'session.open', session_id: sessionId, workspace }, (answer) => {
      if (answer?.type === 'error') this.#refused(answer);
    });
    const place = { session_id: sessionId, turn_id: turnId };
    const start = {
      type: 'turn.start' as const,
      ...place,
      input: [...input],
      after_seq: this.#lastSeq,
      ...(traceparent !== undefined && { traceparent }),
    };
    this.#port.ask(start, (answer) => this.#answered(answer));
  }

  #attach(): void {
    if (this.#asking || !this.#port.isUp()) return;
    this.#asking = true;
    const { sessionId, turnId } = this.#turn;
    const attach = { type: 'turn.attach', session_id: sessionId, turn_id: turnId, after_seq: this.#lastSeq } as const;
    this.#port.ask(attach, (answer) => this.#answered(answer));
  }

  #answered(answer: HostMessage | null): void {
    this.#asking = false;
    if (answer?.type === 'turn.started') {
      this.#known = true;
      this.#busySince = undefined;
      if (this.#waiting === 'retry') this.#wait('event', this.#turn.idleTimeoutMs);
    } else if (answer?.type === 'error') this.#refused(answer);
  }

  #refused(answer: ErrorAnswer): void {
    if (this.#finished) return;
    const gone = GONE.has(answer.code);
    if (gone && this.#cancelling) this.#endHere('cancelled');
    else if (gone && this.#known) {
      const code = answer.code === 'events_expired' ? 'events_expired' : 'agent_crashed';
      this.#endHere('error', { code, message: answer.message, retryable: false, host_restarted: true });
    } else if (BUSY.has(answer.code)) this.#busy(answer);
    else this.#finish(new AgentRefusal(answer), false);
  }

  #busy(answer: ErrorAnswer): void {
    this.#busySince ??= performance.now();
    const busyFor = performance.now() - this.#busySince;
    if (busyFor >= this.#patienceMs) {
      this.#finish(new AgentRefusal(answer), false);
      return;
    }
    if (answer.turn_id && busyFor >= ORPHAN_MS) this.#sendCancel(answer.turn_id);
    this.#wait('retry', answer.retry_after_ms ?? BUSY_RETRY_MS);
  }

  #aborted(): void {
    const reason: unknown = this.#turn.signal.reason;
    const cancel = typeof reason === 'object' && reason !== null && 'cancel' in reason && reason.cancel === true;
    if (!cancel) {
      this.detach();
      return;
    }
    this.#cancelling = true;
    this.#wait('cancelled', CANCEL_GRACE_MS);
    this.#sendCancel();
  }

  #sendCancel(turnId: string = this.#turn.turnId): void {
    if (!this.#port.isUp()) return;
    this.#port.ask({ type: 'turn.cancel', session_id: this.#turn.sessionId, turn_id: turnId }, () => {});
  }

  /** One timer for a turn; a wait of the same kind only moves it. */
  #wait(waiting: Waiting, ms: number): void {
    if (this.#finished || (this.#waiting === 'cancelled' && waiting !== 'cancelled')) return;
    // Each try to connect that fails is one more `onDown` of the same outage.
    if (waiting === 'connection' && this.#waiting === 'connection') return;
    if (waiting === 'event' && this.#waiting === 'event' && this.#timer) {
      this.#timer.refresh();
      return;
    }
    clearTimeout(this.#timer);
    this.#waiting = waiting;
    this.#timer = setTimeout(() => this.#onTime(), ms);
  }

  #onTime(): void {
    const waited = this.#waiting;
    this.#waiting = 'nothing';
    if (waited === 'cancelled') this.#endHere('cancelled');
    else if (waited === 'connection')
      this.#finish(new SurfacesError('agent_unavailable', 'the agent host is away'), false);
    else if (waited === 'retry') this.#retry();
    else if (waited === 'event' && this.#awaitsPerson) this.#wait('event', this.#turn.idleTimeoutMs);
    else if (waited === 'event') this.#silent();
  }

  #retry(): void {
    this.#wait('event', this.#turn.idleTimeoutMs);
    if (this.#port.isUp()) this.#begin();
  }

  #silent(): void {
    this.#sendCancel();
    const seconds = Math.round(this.#turn.idleTimeoutMs / 100) / 10;
    this.#finish(new SurfacesError('agent_timeout', `the agent was silent for ${seconds} s`), false);
  }

  /** The end of a turn of which the host has nothing more to say. */
  #endHere(stopReason: TurnEnded['stop_reason'], error?: TurnError): void {
    if (this.#finished) return;
    const { sessionId: session_id, turnId: turn_id } = this.#turn;
    const seq = this.#lastSeq + 1;
    this.#queue.push({
      type: 'turn.ended',
      session_id,
      turn_id,
      seq,
      at: Date.now(),
      stop_reason: stopReason,
      ...(error ? { error } : {}),
    });
    this.#finish(null, true);
  }

  #finish(error: Error | null, ended: boolean): void {
    if (this.#finished) return;
    this.#finished = true;
    clearTimeout(this.#timer);
    this.#turn.signal.removeEventListener('abort', this.#onAbort);
    this.#queue.end(error);
    this.#port.done(ended);
  }
}
