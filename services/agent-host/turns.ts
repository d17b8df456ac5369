import { appendFile, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { TurnError } from '../../shared/agent-protocol/content.ts';
import type { TurnEnded, TurnEvent } from '../../shared/agent-protocol/turn-events.ts';
import type { Log } from '../../shared/runtime/log.ts';
import { counter, gauge } from '../../shared/runtime/metrics.ts';
import { sayAtEnd } from '../../shared/runtime/work.ts';
import { withDeadline } from '../../shared/time/time.ts';
import { type Adapter, type AdapterEvent, AgentFailure } from './adapter.ts';
import { type Agents, readableConversation } from './agents.ts';
import type { HostFolder } from './host-folder.ts';
import { Refusal } from './refusal.ts';
import type { Session } from './session.ts';
import type { Spent } from './spent.ts';
import { Turn } from './turn.ts';
import { readTurn, type StoredTurn, type TurnHeader, TurnLog } from './turn-log.ts';
import { asTurnWork, ToolSpans } from './turn-work.ts';
import { makeWorkspace } from './workspace.ts';

export type TurnsOptions = {
  readonly agents: Agents;
  /** The volume that client and host share. */
  readonly volume: string;
  readonly folder: HostFolder;
  readonly permissionTtlMs: number;
  readonly maxRunning: number;
  readonly log: Log;
};

const running = gauge('agent_turns_running', 'turns that the agent host runs');
const ended = counter('agent_turns_total', 'turns of the agent host by how they ended', ['stop_reason', 'code']);

/** An adapter that does not come back after a cancel is left behind. */
const CANCEL_MS = 1_000;
/** For who wants to begin a turn at a host that is being stopped: its successor may be there by then. */
const RETRY_MS = 500;

/** Starts turns, finds them again, and ends those that a host before this one left unfinished. */
export class Turns {
  readonly #options: TurnsOptions;
  #running = 0;
  #isClosed = false;

  constructor(options: TurnsOptions) {
    this.#options = options;
  }

  /**
   * The turn of this id: begun, or found where it was begun before.
   * @throws Refusal `turn_conflict`, `session_busy`, `overloaded` (also while the host is being stopped), `unknown_agent`.
   */
  async start(
    session: Session,
    turnId: string,
    inputHash: string,
    input: Parameters<Turns['run']>[2],
    traceparent?: string,
  ) {
    const known = await this.find(session, turnId);
    if (known) {
      if (known.header.input_hash === inputHash) return { turn: known, resumed: true };
      throw new Refusal('turn_conflict', 'a turn of this id was started with another input');
    }
    if (this.#isClosed)
      throw new Refusal('overloaded', 'the host is being stopped, and begins no more turns', {
        retry_after_ms: RETRY_MS,
      });
    session.mustBeIdle();
    const { adapter } = this.#options.agents.of(session.record);
    if (this.#running >= this.#options.maxRunning)
      throw new Refusal('overloaded', 'too many turns are running', { retry_after_ms: 1_000 });
    await session.settled;
    const { record } = session;
    const header = { session_id: record.session_id, turn_id: turnId, input_hash: inputHash };
    const before = { messages: record.messages, turn: record.turn };
    record.messages += 1;
    record.turn = { turn_id: turnId, input_hash: inputHash };
    try {
      await session.save();
    } catch (error) {
      // Not begun, not counted: the client is told, and may try again.
      Object.assign(record, before);
      throw error;
    }
    const { folder, log, permissionTtlMs } = this.#options;
    const turn = Turn.begin(header, new TurnLog(folder.turn(record.session_id, turnId), log), permissionTtlMs);
    session.running = turn;
    void asTurnWork(header, traceparent, () => this.run(session, turn, input, adapter), log);
    return { turn, resumed: false };
  }

  /** From memory, or from its log; one that nobody runs any more is ended first. */
  async find(session: Session, turnId: string): Promise<Turn | undefined> {
    const known = session.turns.get(turnId);
    if (known) return known;
    const { session_id, turn: newest } = session.record;
    const path = this.#options.folder.turn(session_id, turnId);
    const stored = await readTurn(path);
    // Killed after it was counted and before a line of its log was written.
    const header = newest?.turn_id === turnId ? { session_id, ...newest } : undefined;
    if (!stored && !header) return undefined;
    const whole = stored?.ended ? stored : await endUnfinished(path, stored, header);
    const turn = Turn.over(whole);
    session.turns.set(turnId, turn);
    return turn;
  }

  /** Runs the adapter; never throws. */
  async run(
    session: Session,
    turn: Turn,
    input: Parameters<Adapter['runTurn']>[0]['input'],
    adapter: Adapter,
  ): Promise<void> {
    this.#running += 1;
    running.set(this.#running);
    const { volume, log } = this.#options;
    // Each `usage.update` tells of the whole turn so far.
    let used: Spent | undefined;
    const tools = new ToolSpans();
    try {
      const workspace = await makeWorkspace(volume, session.record.workspace);
      const conversation = readableConversation(session.record, adapter);
      if (conversation === undefined && session.record.conversation !== undefined) turn.emit(newcomer(adapter));
      const work = adapter.runTurn({
        sessionId: session.record.session_id,
        turnId: turn.id,
        workspace,
        input,
        number: session.record.messages,
        conversation,
        // What comes from an adapter that was left behind belongs to no conversation any more.
        keepConversation: (kept) => !turn.hasEnded && session.keepConversation(kept, adapter.kind),
        signal: turn.signal,
        emit: (event) => {
          if (event.type === 'usage.update' && event.usage) used = event.usage;
          tools.see(event);
          turn.emit(event);
        },
        ask: (question) => turn.questions.ask(question),
        offer: (file) => turn.offer(file),
      });
      const stopReason = (await Promise.race([work, left(turn.signal, work)])) ?? 'end_turn';
      if (used) session.spend(used);
      await session.saveIfChanged();
      this.#end(turn, turn.signal.aborted ? 'cancelled' : stopReason);
    } catch (error) {
      if (used) session.spend(used);
      await session.saveIfChanged().catch((cause) => log.error({ err: cause }, 'a session cannot be stored'));
      if (turn.signal.aborted) this.#end(turn, 'cancelled');
      else this.#end(turn, 'error', this.#errorOf(turn, error));
    } finally {
      tools.end();
      this.#running -= 1;
      running.set(this.#running);
    }
  }

  #errorOf(turn: Turn, error: unknown): TurnError {
    const retryable = !turn.toolStarted;
    if (error instanceof AgentFailure) return { code: error.code, message: error.message, retryable };
    if (error instanceof Refusal) return { code: error.code, message: error.message, retryable: false };
    this.#options.log.error({ err: error }, 'the adapter failed');
    return { code: 'internal', message: 'The agent failed unexpectedly.', retryable };
  }

  #end(turn: Turn, stopReason: TurnEnded['stop_reason'], error?: TurnError): void {
    if (turn.hasEnded) return;
    turn.end(stopReason, error);
    ended.inc({ stop_reason: stopReason, code: error?.code ?? '' });
    sayAtEnd('turn ended', { stop_reason: stopReason, code: error?.code });
  }

  /** Begins no more turns. What runs goes on, and is attached to. */
  close(): void {
    this.#isClosed = true;
  }

  /** This process stops: everything that runs is told the end that its successor would write. */
  async abandon(sessions: readonly Session[]): Promise<void> {
    for (const { running: turn } of sessions) if (turn) this.#end(turn, 'error', restarted(!turn.toolStarted));
    await Promise.all(sessions.map((session) => session.settled));
  }
}

/** The host's default is another kind of agent than it was when this conversation began. */
function newcomer({ agent }: Adapter): Extract<AdapterEvent, { type: 'notice' }> {
  const text = `This room now speaks with ${agent.name}, which does not know what was said here before.`;
  return { type: 'notice', severity: 'warning', text };
}

/** Settles a while after the signal aborted, whatever the work does. */
async function left(signal: AbortSignal, work: Promise<unknown>): Promise<undefined> {
  await new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
    work.then(
      () => resolve(),
      () => resolve(),
    );
  });
  if (!signal.aborted) return new Promise(() => {});
  return withDeadline(work, CANCEL_MS, () => new Error('left behind')).then(() => undefined);
}

function restarted(retryable: boolean): TurnError {
  return {
    code: 'agent_crashed',
    message: 'The agent host was restarted while this turn was running.',
    retryable,
    host_restarted: true,
  };
}

/** Writes the end that the dead host could not. */
async function endUnfinished(
  path: string,
  stored: StoredTurn | undefined,
  known: TurnHeader | undefined,
): Promise<StoredTurn> {
  const header = stored?.header ?? known!;
  const frames = stored?.frames ?? [];
  const toolStarted = frames.some((frame) => {
    const event = JSON.parse(frame) as TurnEvent;
    return event.type === 'tool_call.update' && event.status !== 'pending';
  });
  const { session_id, turn_id } = header;
  const place = { session_id, turn_id, seq: frames.length + 1, at: Date.now() };
  const end: TurnEnded = { type: 'turn.ended', ...place, stop_reason: 'error', error: restarted(!toolStarted) };
  const frame = JSON.stringify(end);
  await mkdir(dirname(path), { recursive: true });
  // A line of its own, even if the one before was cut off.
  await appendFile(path, `\n${stored ? '' : `${JSON.stringify(header)}\n`}${frame}\n`);
  return { header, frames: [...frames, frame], ended: true };
}
