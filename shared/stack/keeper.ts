import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, SurfacesError } from '../errors/surfaces-error.ts';
import { sleep } from '../time/time.ts';
import { writeJson } from './atomic-file.ts';
import { endProcess } from './end-process.ts';
import { type Liveness, untilDead } from './liveness.ts';
import { lastLines, lastWords, openLog, sizeOf } from './log-file.ts';
import { identityOf, isAlive, type ProcessIdentity } from './process-identity.ts';
import { decide } from './restart-policy.ts';
import type { Command } from './run-command.ts';

/** A process that is to run all the time: an embedded server or a role. */
export type Part = {
  readonly name: string;
  readonly log: string;
  /** What to run; asked before each start, so it may look for a free port or mend what a crash left. */
  readonly command: () => Promise<Command>;
  /** What is missing until it is ready, in words; `undefined` when it is. */
  readonly problem: () => Promise<string | undefined>;
  /** Where given, it is asked all the time; one that does not answer any more is killed and started again. */
  readonly liveness?: Liveness;
  readonly stopSignal: NodeJS.Signals;
  readonly graceMs: number;
};

export type KeeperState = 'starting' | 'ready' | 'ended' | 'backing-off' | 'needs-operator' | 'stopped';
export type KeeperEvent = {
  readonly name: string;
  readonly state: KeeperState;
  readonly pid?: number;
  readonly detail?: string;
  readonly ms?: number;
};

/** A note about a running child, for whoever has to clear up after a supervisor that was killed. */
export type RunNote = ProcessIdentity & { readonly name: string; readonly stopSignal: NodeJS.Signals };

const POLL_MS = 50;

/** Starts a part, starts it again when it ends, and stops it at last. */
export class Keeper {
  readonly part: Part;
  readonly #noteFile: string;
  readonly #onEvent: (event: KeeperEvent) => void;
  readonly #stopping = new AbortController();
  readonly #ends: number[] = [];
  #identity: ProcessIdentity | undefined;
  #running: Promise<void> | undefined;
  #state: KeeperState = 'stopped';
  #problem: string | undefined = 'not started';

  constructor(part: Part, runFolder: string, onEvent: (event: KeeperEvent) => void = () => {}) {
    this.part = part;
    this.#noteFile = join(runFolder, `${part.name}.pid.json`);
    this.#onEvent = onEvent;
  }

  get pid(): number | undefined {
    return this.#identity?.pid;
  }

  get state(): KeeperState {
    return this.#state;
  }

  /** Why it is not ready, in words. */
  get problem(): string | undefined {
    return this.#state === 'ready' ? undefined : this.#problem;
  }

  start(): void {
    this.#running ??= this.#keep();
  }

  /** @throws SurfacesError `needs_operator`, or `bringup_failed` when it is not ready in time, with the end of its log. */
  async whenReady(withinMs: number, signal?: AbortSignal): Promise<void> {
    const deadline = Date.now() + withinMs;
    while (this.#state !== 'ready') {
      const { name, log } = this.part;
      if (this.#state === 'needs-operator')
        throw new SurfacesError('needs_operator', `${name}: ${this.#problem}\nIts log: ${log}`);
      if (Date.now() >= deadline)
        throw new SurfacesError('bringup_failed', `${name}: ${this.#problem}\n${lastLines(log)}`);
      if (!(await sleep(POLL_MS, signal))) throw signal?.reason;
    }
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    if (this.#identity) await endProcess(this.#identity, this.part.stopSignal, this.part.graceMs);
    await this.#running;
    this.#say({ state: 'stopped' });
  }

  /** It is being stopped and is not to take its time: asked again, which ends a role at once. */
  hurry(): void {
    if (this.#identity && isAlive(this.#identity)) process.kill(this.#identity.pid, this.part.stopSignal);
  }

  async #keep(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      const ended = await this.#runOnce();
      if (this.#stopping.signal.aborted) return;
      this.#ends.push(Date.now());
      const decision = decide(ended.code, this.#ends, Date.now());
      this.#problem = ended.reason;
      if (decision.next === 'leave') return this.#say({ state: 'needs-operator', detail: ended.reason });
      this.#say({ state: 'ended', detail: ended.reason });
      if (decision.backingOff) this.#say({ state: 'backing-off', ms: decision.afterMs, detail: ended.reason });
      await sleep(decision.afterMs, this.#stopping.signal);
    }
  }

  async #runOnce(): Promise<{ code: number | null; reason: string }> {
    const began = Date.now();
    const written = sizeOf(this.part.log);
    let child: ChildProcess;
    try {
      child = await this.#spawn();
    } catch (error) {
      return { code: null, reason: describe(error) };
    }
    const over = new AbortController();
    const exit = new Promise<{ code: number | null; how: string }>((resolve) => {
      child.once('error', (error) => resolve({ code: null, how: error.message }));
      child.once('exit', (code, signal) => resolve({ code, how: signal ?? `exit code ${code}` }));
    });
    let stuck: string | undefined;
    void this.#watch(began, over.signal);
    void this.#untilDead(over.signal).then((why) => {
      stuck = why;
      if (why !== undefined) child.kill('SIGKILL');
    });
    const { code, how } = await exit;
    over.abort();
    this.#identity = undefined;
    rmSync(this.#noteFile, { force: true });
    if (stuck !== undefined) return { code, reason: `${stuck}: killed` };
    const words = lastWords(this.part.log, written);
    return { code, reason: words ? `${how}: ${words}` : how };
  }

  async #spawn(): Promise<ChildProcess> {
    const command = await this.part.command();
    if (this.#stopping.signal.aborted) throw new Error('stopped before it was started');
    const log = openLog(this.part.log);
    try {
      const child = spawn(command.file, [...command.args], {
        env: command.env ?? process.env,
        cwd: command.cwd,
        uid: command.uid,
        gid: command.gid,
        stdio: ['ignore', log, log],
      });
      if (child.pid !== undefined) {
        this.#identity = identityOf(child.pid);
        if (this.#identity) {
          const note: RunNote = { ...this.#identity, name: this.part.name, stopSignal: this.part.stopSignal };
          writeJson(this.#noteFile, note);
        }
      }
      this.#say({ state: 'starting', pid: child.pid });
      return child;
    } finally {
      closeSync(log);
    }
  }

  async #watch(began: number, over: AbortSignal): Promise<void> {
    while (!over.aborted) {
      const problem = await this.part.problem().catch((error) => describe(error));
      if (over.aborted) return;
      this.#problem = problem;
      if (problem === undefined) return this.#say({ state: 'ready', pid: this.pid, ms: Date.now() - began });
      await sleep(POLL_MS, over);
    }
  }

  /** A process that is being stopped need not answer. */
  async #untilDead(over: AbortSignal): Promise<string | undefined> {
    const { liveness } = this.part;
    return liveness && untilDead(liveness, AbortSignal.any([over, this.#stopping.signal]));
  }

  #say(event: Omit<KeeperEvent, 'name'>): void {
    this.#state = event.state;
    this.#onEvent({ name: this.part.name, ...event });
  }
}
