import type { Log } from '../../../../shared/runtime/log.ts';
import { counter, gauge } from '../../../../shared/runtime/metrics.ts';
import { outsideWork } from '../../../../shared/runtime/work.ts';
import { withDeadline } from '../../../../shared/time/time.ts';
import { AgentFailure } from '../../adapter.ts';
import { untilAborted } from '../../until-aborted.ts';
import type { AcpSettings } from '../acp-settings.ts';
import type { Abilities } from '../wire/session-answer.ts';
import type { AgentProcess, EndReason } from './agent-process.ts';
import { MemoryWatch } from './memory-watch.ts';
import { PacedStart } from './paced-start.ts';
import type { Patience } from './patience.ts';

const alive = gauge('acp_processes', 'processes of agents that speak ACP');
const ends = counter('acp_process_ends_total', 'processes of such agents that ended, by why', ['reason']);

const SESSIONS = 10;
const PROCESSES = 4;
const IDLE_MS = 10 * 60_000;

/** A turn's place in a process, until it is given back. */
export type Place = { readonly process: AgentProcess; readonly giveBack: () => void };

type Parts = {
  readonly log: Log;
  readonly patience: Patience;
  readonly withoutSecrets: (text: string) => string;
  readonly onEnded: (process: AgentProcess) => void;
};

/** The processes of one agent: started when they are needed, shared by conversations, ended when they are not. */
export class ProcessPool {
  readonly #settings: AcpSettings;
  readonly #parts: Parts;
  readonly #starts: PacedStart;
  readonly #memory: MemoryWatch<AgentProcess>;
  readonly #processes = new Set<AgentProcess>();
  readonly #idle = new Map<AgentProcess, NodeJS.Timeout>();
  #starting: Promise<void> | undefined;
  /** Settles when it is worth looking for a place again. */
  #change = Promise.withResolvers<void>();
  #isStopped = false;
  /** As the newest process said; every start of a program may be another version of it. */
  abilities: Abilities | undefined;

  constructor(settings: AcpSettings, parts: Parts) {
    this.#settings = settings;
    this.#parts = parts;
    this.#starts = new PacedStart(settings, { ...parts, onFailed: () => ends.inc({ reason: 'unstarted' }) });
    this.#memory = new MemoryWatch(settings.memoryLimitBytes, parts.patience.memoryLookMs, (process, isFarBeyond) => {
      if (isFarBeyond) void process.end('memory', 0);
      else this.retire(process, 'memory');
    });
  }

  /**
   * A place for one turn: in the process that holds its conversation if that takes turns, else in one with room for one more
   * conversation, which is started, or for which an idle one is ended, as the limits have it.
   * @throws AgentFailure `agent_unavailable`, or `overloaded` after `placeMs` in which all were at work; the signal's reason.
   */
  async place(wanted: AgentProcess | undefined, signal: AbortSignal): Promise<Place> {
    let deadline: number | undefined;
    for (;;) {
      signal.throwIfAborted();
      if (this.#isStopped) throw new AgentFailure('agent_unavailable', 'The agent host is stopping.');
      const process = wanted && isOpen(wanted) ? wanted : this.#withRoom();
      if (process) return this.#taken(process, process !== wanted);
      const room = this.#roomInTheMaking();
      if (room) await untilAborted(room, signal);
      else {
        // Only this is waiting for others: a start takes what it takes.
        deadline ??= performance.now() + this.#parts.patience.placeMs;
        const leftMs = Math.max(0, deadline - performance.now());
        await untilAborted(withDeadline(this.#change.promise, leftMs, overloaded), signal);
      }
    }
  }

  /** Lends a process, the wanted one if it is open, for a question that belongs to no turn. @throws as `place`, and as `work`. */
  async lend<T>(
    signal: AbortSignal,
    wanted: AgentProcess | undefined,
    work: (process: AgentProcess) => Promise<T>,
  ): Promise<T> {
    const open = wanted && isOpen(wanted) ? wanted : [...this.#processes].find(isOpen);
    const { process, giveBack } = open ? this.#taken(open, false) : await this.place(undefined, signal);
    if (!open) process.conversations -= 1;
    try {
      return await work(process);
    } finally {
      giveBack();
    }
  }

  /** A turn was answered: processes of this agent work. */
  works(): void {
    this.#starts.works();
  }

  /** It ends when the turns that it has are over. */
  retire(process: AgentProcess, reason: EndReason): void {
    if (process.isOver) return;
    process.retired ??= reason;
    if (process.turns === 0) void process.end(process.retired);
  }

  /** One that will never take another conversation, and has none. */
  retireIfUsedUp(process: AgentProcess, hasConversations: boolean): void {
    if (!hasConversations && process.conversations >= this.#sessionsPerProcess) this.retire(process, 'recycled');
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#changed();
    this.#memory.stop();
    for (const timer of this.#idle.values()) clearTimeout(timer);
    this.#starts.stop();
    await this.#starting?.catch(() => {});
    await Promise.all([...this.#processes].map((process) => process.end('stopped')));
  }

  get #sessionsPerProcess(): number {
    return this.#settings.sessionsPerProcess ?? SESSIONS;
  }

  #withRoom(): AgentProcess | undefined {
    return [...this.#processes].find((process) => isOpen(process) && process.conversations < this.#sessionsPerProcess);
  }

  /** Settles when there may be room; undefined while all processes are at work. */
  #roomInTheMaking(): Promise<unknown> | undefined {
    if (this.#starting || this.#processes.size < (this.#settings.maxProcesses ?? PROCESSES)) return this.#start();
    // The one that was idle for longest: maps keep the order in which they were filled.
    const [idle] = [...this.#idle.keys()].filter(isOpen);
    if (idle) this.retire(idle, 'recycled');
    return idle?.ended;
  }

  #taken(process: AgentProcess, isNew: boolean): Place {
    clearTimeout(this.#idle.get(process));
    this.#idle.delete(process);
    process.turns += 1;
    if (isNew) process.conversations += 1;
    let isBack = false;
    return {
      process,
      giveBack: () => {
        if (isBack) return;
        isBack = true;
        process.turns -= 1;
        if (process.turns === 0) this.#rest(process);
        this.#changed();
      },
    };
  }

  #rest(process: AgentProcess): void {
    if (process.isOver || this.#isStopped) return;
    if (process.retired) {
      void process.end(process.retired);
      return;
    }
    const timer = setTimeout(() => this.retire(process, 'idle'), this.#settings.idleMs ?? IDLE_MS).unref();
    this.#idle.set(process, timer);
  }

  /** One at a time: several at once are slower, and fail together. */
  #start(): Promise<void> {
    this.#starting ??= outsideWork(() =>
      this.#starts
        .start()
        .then((process) => this.#keep(process))
        .finally(() => {
          this.#starting = undefined;
          this.#changed();
        }),
    );
    return this.#starting;
  }

  #keep(process: AgentProcess): void {
    this.#processes.add(process);
    this.abilities = process.abilities;
    alive.inc();
    this.#memory.add(process);
    this.#rest(process);
    void process.ended.then((reason) => {
      this.#processes.delete(process);
      this.#memory.delete(process);
      clearTimeout(this.#idle.get(process));
      this.#idle.delete(process);
      alive.dec();
      ends.inc({ reason });
      if (reason === 'crashed' || reason === 'oversized') this.#starts.crashed();
      const { log, withoutSecrets, onEnded } = this.#parts;
      onEnded(process);
      log[reason === 'crashed' || reason === 'oversized' ? 'warn' : 'info'](
        { reason, how: withoutSecrets(process.how), pid: process.pid },
        'the agent’s process has ended',
      );
      log.debug({ stderr: withoutSecrets(process.stderr), pid: process.pid }, 'what it wrote to stderr');
      this.#changed();
    });
  }

  #changed(): void {
    this.#change.resolve();
    this.#change = Promise.withResolvers();
  }
}

function isOpen(process: AgentProcess): boolean {
  return !process.isOver && !process.retired;
}

function overloaded(): AgentFailure {
  return new AgentFailure('overloaded', 'Too many conversations with this agent are going on now.');
}
