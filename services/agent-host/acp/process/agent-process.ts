import { sleep, withDeadline } from '../../../../shared/time/time.ts';
import { untilAborted } from '../../until-aborted.ts';
import type { AcpSettings } from '../acp-settings.ts';
import { MessageTooLargeError, methods, PROTOCOL_VERSION, RequestError } from '../sdk.ts';
import { type AgentConnection, connectAgent } from '../wire/connect-agent.ts';
import { CANCELLED, decodePermission, type PermissionAsked } from '../wire/permission-request.ts';
import { type Abilities, decodeAbilities } from '../wire/session-answer.ts';
import { decodeUpdate, type Heard, sessionOf } from '../wire/session-update.ts';
import { type Launched, launch } from './launch.ts';
import type { Patience } from './patience.ts';

/** Why a process is over; the label of the metric. */
export type EndReason = 'unstarted' | 'crashed' | 'oversized' | 'idle' | 'recycled' | 'memory' | 'stuck' | 'stopped';

/** Who hears of a session while a turn of it runs. */
export type SessionListener = {
  readonly heard: (heard: Heard) => void;
  /** What it gives is the answer of the protocol. */
  readonly asked: (asked: PermissionAsked) => Promise<unknown>;
};

/** The process ended while something was asked of it. */
export class ProcessGone extends Error {
  readonly reason: EndReason;
  constructor(reason: EndReason, how: string) {
    super(how);
    this.name = 'ProcessGone';
    this.reason = reason;
  }
}

/** It lives, and does not answer. */
export class Unanswered extends Error {
  override readonly name = 'Unanswered';
}

/** What stdout still holds when the program has ended, or the other way round. */
const BOTH_MS = 500;

/** One process of the agent, from its start to its end: it answers requests, and tells listeners of their sessions. */
export class AgentProcess {
  readonly ended: Promise<EndReason>;
  /** Conversations that it ever took, and turns that run in it now; counted by the pool. */
  conversations = 0;
  turns = 0;
  /** Takes no more turns, and ends after those it has. */
  retired: EndReason | undefined;
  abilities: Abilities = decodeAbilities(undefined);
  /** Of its sessions, once there was one. */
  modes: readonly string[] | undefined;
  readonly #launched: Launched;
  readonly #connection: AgentConnection;
  readonly #patience: Patience;
  readonly #listeners = new Map<string, SessionListener>();
  #why: EndReason | undefined;
  #how = '';
  #isOver = false;

  /**
   * A process that has answered `initialize`.
   * @throws Error with how it failed, the signal's reason among others; the process is gone then.
   */
  static async start(settings: AcpSettings, patience: Patience, signal: AbortSignal): Promise<AgentProcess> {
    const started = new AgentProcess(launch(settings), patience);
    // No fs, no terminal: the agent works in its own workspace by itself.
    const clientCapabilities = {};
    const clientInfo = { name: 'surfaces', version: '1' };
    const params = { protocolVersion: PROTOCOL_VERSION, clientCapabilities, clientInfo };
    try {
      const answer = started.request(methods.agent.initialize, params, patience.initializeMs);
      started.abilities = decodeAbilities(await untilAborted(answer, signal));
      const { protocolVersion } = started.abilities;
      if (protocolVersion !== PROTOCOL_VERSION)
        throw new Error(`speaks version ${JSON.stringify(protocolVersion)} of the protocol, not ${PROTOCOL_VERSION}`);
      return started;
    } catch (error) {
      await started.end('unstarted', 0);
      throw Object.assign(error as Error, { stderr: started.stderr });
    }
  }

  private constructor(launched: Launched, patience: Patience) {
    this.#launched = launched;
    this.#patience = patience;
    this.#connection = connectAgent(launched.stdin, launched.stdout, {
      onUpdate: (params) => {
        const heard = decodeUpdate(params);
        // What comes while no turn runs is a replay, or late: nobody hears it.
        if (heard) this.#listeners.get(sessionOf(params))?.heard(heard);
      },
      onPermission: async (params) => {
        const asked = decodePermission(params);
        if (!asked) throw new RequestError(-32602, 'there is nothing that a person could choose');
        return this.#listeners.get(asked.session)?.asked(asked) ?? CANCELLED;
      },
    });
    this.ended = this.#untilOver();
  }

  get pid(): number {
    return this.#launched.pid ?? 0;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** The newest of what it wrote to stderr, secrets and all. */
  get stderr(): string {
    return this.#launched.stderr();
  }

  /** How it ended, in words. */
  get how(): string {
    return this.#how;
  }

  /**
   * @param ms to wait for the answer; without it for as long as the process lives.
   * @throws RequestError as the agent answers, `ProcessGone`, `Unanswered`.
   */
  async request(method: string, params: unknown, ms?: number): Promise<unknown> {
    try {
      const answer = this.#connection.request(method, params);
      if (ms === undefined) return await answer;
      return await withDeadline(answer, ms, () => new Unanswered(`did not answer ${method} within ${ms / 1000} s`));
    } catch (error) {
      if (error instanceof RequestError || error instanceof Unanswered) throw error;
      // The connection is closed, and the process with it.
      throw new ProcessGone(await this.ended, this.#how);
    }
  }

  cancel(sessionId: string): void {
    this.#connection.notify(methods.agent.session.cancel, { sessionId });
  }

  /** @returns stops listening. */
  listen(sessionId: string, listener: SessionListener): () => void {
    this.#listeners.set(sessionId, listener);
    return () => {
      if (this.#listeners.get(sessionId) === listener) this.#listeners.delete(sessionId);
    };
  }

  /** Settles when it is gone. The first reason counts. @param graceMs between asking it to and making it. */
  async end(reason: EndReason, graceMs = this.#patience.terminateMs): Promise<void> {
    this.#why ??= reason;
    this.retired ??= reason;
    await this.#launched.end(graceMs);
    await this.ended;
  }

  async #untilOver(): Promise<EndReason> {
    const { exited } = this.#launched;
    const { closed } = this.#connection;
    const both = Promise.all([exited, closed]);
    await Promise.race([exited, closed]);
    await Promise.race([both, sleep(BOTH_MS)]);
    this.#connection.close();
    const reason = await closed;
    // Whoever speaks no more, or what we cannot understand, is of no use.
    if (reason instanceof MessageTooLargeError) this.#why ??= 'oversized';
    this.#why ??= 'crashed';
    await this.#launched.end(0);
    this.#how = reason instanceof MessageTooLargeError ? reason.message : await exited;
    this.#isOver = true;
    this.#listeners.clear();
    return this.#why;
  }
}
