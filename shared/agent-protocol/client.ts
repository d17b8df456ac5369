import { randomUUID } from 'node:crypto';
import { SurfacesError } from '../errors/surfaces-error.ts';
import type { Log } from '../runtime/log.ts';
import { AgentRefusal } from './agent-refusal.ts';
import type { ClientMessage, ClientRequest, RequestBody } from './client-messages.ts';
import {
  type HostMessage,
  RESULTS,
  type RequestType,
  type ResultOf,
  type SessionOpened,
  type Welcome,
} from './host-messages.ts';
import { Link } from './link.ts';
import type { RunTurn } from './run-turn.ts';
import type { TurnEvent } from './turn-events.ts';
import { TurnFollower } from './turn-follower.ts';

export type AgentOptions = {
  /** `ws://` or `wss://` */
  readonly url: string;
  readonly token: string;
  /** Shown in the host's log. */
  readonly name: string;
  readonly log?: Log;
  /** How long a turn or request bears a host that is away or busy, in ms; then `agent_unavailable`. */
  readonly patienceMs?: number;
};

type Fields<Type extends RequestType> = Omit<Extract<ClientRequest, { type: Type }>, 'type' | 'id'>;
/** `null`: the connection was lost before the answer. */
type OnAnswer = (answer: HostMessage | null) => void;

const PATIENCE_MS = 10_000;

/**
 * A process's one connection to its agent host, for any number of sessions and turns at once. It connects when it is
 * first needed and again whenever something needs it. An idle session costs nothing here.
 */
export class AgentConnection {
  readonly #link: Link;
  readonly #patienceMs: number;
  readonly #followers = new Map<string, Set<TurnFollower>>();
  readonly #answers = new Map<string, OnAnswer>();
  readonly #upWaiters = new Set<(error: SurfacesError | null) => void>();
  #nextId = 0;

  constructor(options: AgentOptions) {
    this.#patienceMs = options.patienceMs ?? PATIENCE_MS;
    this.#link = new Link(
      { ...options, instance: randomUUID() },
      {
        needed: () => this.#followers.size > 0 || this.#upWaiters.size > 0,
        up: () => this.#onUp(),
        down: (error, fatal) => this.#onDown(error, fatal),
        message: (message) => this.#onMessage(message),
      },
    );
  }

  /** What the host said of itself in the last handshake. */
  get welcome(): Welcome | undefined {
    return this.#link.welcome;
  }

  get connected(): boolean {
    return this.#link.isUp;
  }

  /**
   * Opens the session, starts the turn, and yields each of its events once and in order, from seq 1, across lost
   * connections; the last one is `turn.ended`. Consecutive deltas of one message may come as one, with the last seq,
   * where the consumer is slower than the agent.
   * @throws SurfacesError `agent_unavailable`, `agent_timeout`; AgentRefusal; TurnDetached.
   */
  runTurn(turn: RunTurn): AsyncIterable<TurnEvent> {
    const follower = new TurnFollower(turn, this.#patienceMs, {
      isUp: () => this.#link.isUp,
      connect: () => this.#link.ensure(),
      send: (message) => this.#link.send(message),
      ask: (message, onAnswer) => this.#ask(message, onAnswer),
      done: (ended) => this.#forget(turn, follower, ended),
    });
    return { [Symbol.asyncIterator]: () => this.#follow(turn, follower) };
  }

  /**
   * Any request beside turns, such as `session.reset` or `permission.respond`; each may be repeated without harm, and
   * is, where the connection is lost before its answer.
   * @throws SurfacesError `agent_unavailable` after the patience; AgentRefusal with the host's own code.
   */
  async request<Type extends RequestType>(
    type: Type,
    fields: Fields<Type>,
    patienceMs: number = this.#patienceMs,
  ): Promise<ResultOf<Type>> {
    const deadline = performance.now() + patienceMs;
    for (;;) {
      await this.#untilUp(deadline);
      const answer = await this.#answerTo({ type, ...fields } as unknown as RequestBody, deadline);
      if (answer === null) continue;
      if (answer.type === 'error') throw new AgentRefusal(answer);
      if (answer.type === 'request.done') return RESULTS[type].parse(answer.result) as ResultOf<Type>;
      throw new SurfacesError('agent_error', `the agent host answered ${type} with ${answer.type}`);
    }
  }

  /**
   * Opens a session, or finds it open. A turn does so by itself.
   * @param agent the one that it is to have, for good.
   * @throws SurfacesError `agent_unavailable` after the patience; AgentRefusal, `unknown_agent` for one not offered.
   */
  async openSession(sessionId: string, workspace: string, agent?: string): Promise<SessionOpened> {
    const deadline = performance.now() + this.#patienceMs;
    for (;;) {
      await this.#untilUp(deadline);
      const open = { type: 'session.open' as const, session_id: sessionId, workspace, ...(agent && { agent }) };
      const answer = await this.#answerTo(open, deadline);
      if (answer?.type === 'session.opened') return answer;
      if (answer?.type === 'error') throw new AgentRefusal(answer);
    }
  }

  /** Detaches from every turn and closes the connection. Turns go on at the host. */
  async close(): Promise<void> {
    for (const follower of [...this.#followers.values()].flatMap((set) => [...set])) follower.detach();
    this.#onDown(new SurfacesError('agent_unavailable', 'this connection was closed'), true);
    await this.#link.close();
  }

  #follow(turn: RunTurn, follower: TurnFollower): AsyncIterator<TurnEvent> {
    const key = turnKey(turn.sessionId, turn.turnId);
    const set = this.#followers.get(key) ?? new Set();
    this.#followers.set(key, set.add(follower));
    follower.start();
    return follower.events();
  }

  #forget(turn: RunTurn, follower: TurnFollower, ended: boolean): void {
    const key = turnKey(turn.sessionId, turn.turnId);
    const set = this.#followers.get(key);
    set?.delete(follower);
    if (set === undefined || set.size > 0) return;
    this.#followers.delete(key);
    const place = { session_id: turn.sessionId, turn_id: turn.turnId };
    if (!ended && this.#link.isUp) this.#ask({ type: 'turn.detach', ...place }, () => {});
  }

  #ask(message: RequestBody, onAnswer: OnAnswer): string {
    this.#nextId += 1;
    const id = this.#nextId.toString(36);
    this.#answers.set(id, onAnswer);
    this.#link.send({ ...message, id } as ClientMessage);
    return id;
  }

  async #answerTo(message: RequestBody, deadline: number): Promise<HostMessage | null> {
    let timer: NodeJS.Timeout | undefined;
    let id = '';
    try {
      return await new Promise<HostMessage | null>((resolve, reject) => {
        const late = () =>
          reject(new SurfacesError('agent_unavailable', `the agent host did not answer ${message.type}`));
        timer = setTimeout(late, Math.max(0, deadline - performance.now()));
        id = this.#ask(message, resolve);
      });
    } finally {
      clearTimeout(timer);
      this.#answers.delete(id);
    }
  }

  #untilUp(deadline: number): Promise<void> {
    if (this.#link.isUp) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const settle = (error: SurfacesError | null) => {
        clearTimeout(timer);
        this.#upWaiters.delete(settle);
        if (error) reject(error);
        else resolve();
      };
      const timer = setTimeout(() => settle(this.#link.whyDown()), Math.max(0, deadline - performance.now()));
      this.#upWaiters.add(settle);
      this.#link.ensure();
    });
  }

  #onUp(): void {
    for (const settle of [...this.#upWaiters]) settle(null);
    for (const set of [...this.#followers.values()]) for (const follower of [...set]) follower.onUp();
  }

  #onDown(error: SurfacesError, fatal: boolean): void {
    const lost = [...this.#answers.values()];
    this.#answers.clear();
    for (const onAnswer of lost) onAnswer(null);
    if (fatal) for (const settle of [...this.#upWaiters]) settle(error);
    for (const set of [...this.#followers.values()])
      for (const follower of [...set]) follower.onDown(fatal ? error : null);
  }

  #onMessage(message: HostMessage): void {
    if ('seq' in message) {
      const set = this.#followers.get(turnKey(message.session_id, message.turn_id));
      if (set) for (const follower of set) follower.onEvent(message);
      return;
    }
    if (!('re' in message) || message.re === undefined) return;
    const onAnswer = this.#answers.get(message.re);
    this.#answers.delete(message.re);
    onAnswer?.(message);
  }
}

/** Ids hold no newline that could make two pairs alike: JSON would cost more at each event. */
function turnKey(sessionId: string, turnId: string): string {
  return `${sessionId}\n${turnId}`;
}
