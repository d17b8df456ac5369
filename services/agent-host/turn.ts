import type { TurnError } from '../../shared/agent-protocol/content.ts';
import type { TurnEnded, TurnEvent } from '../../shared/agent-protocol/turn-events.ts';
import type { AgentTurn } from './adapter.ts';
import { DeltaBuffer } from './delta-buffer.ts';
import { EventStream, type Outlet } from './event-stream.ts';
import { Questions } from './questions.ts';
import { Refusal } from './refusal.ts';
import type { StoredTurn, TurnHeader, TurnLog } from './turn-log.ts';

type Place = 'session_id' | 'turn_id' | 'seq' | 'at';
type Unplaced<Event> = Event extends TurnEvent ? Omit<Event, Place> : never;

/** What is over stays in memory this long for who attaches or acknowledges late; after that it is read from disk. */
const KEEP_MS = 30_000;

/** One turn as the host sees it: running, or over and kept for who asks for its events. */
export class Turn {
  readonly header: TurnHeader;
  readonly questions: Questions;
  readonly stream: EventStream;
  readonly #log: TurnLog | undefined;
  readonly #abort = new AbortController();
  readonly #files = new Set<string>();
  readonly #deltas = new DeltaBuffer((delta) => this.#put(delta));
  #toolStarted = false;
  #endedAt: number | undefined;
  readonly #end = Promise.withResolvers<void>();
  /** When what was told of the end is on disk as well. */
  #settled: Promise<void> = Promise.resolve();

  private constructor(header: TurnHeader, frames: string[], log: TurnLog | undefined, permissionTtlMs: number) {
    this.header = header;
    this.#log = log;
    this.stream = new EventStream(frames);
    this.questions = new Questions(permissionTtlMs, (event) => this.emit(event));
  }

  static begin(header: TurnHeader, log: TurnLog, permissionTtlMs: number): Turn {
    log.append(JSON.stringify(header));
    return new Turn(header, [], log, permissionTtlMs);
  }

  /** A turn that is over, from its log. */
  static over(stored: StoredTurn): Turn {
    const turn = new Turn(stored.header, stored.frames, undefined, 0);
    turn.#endedAt = Date.now();
    turn.#end.resolve();
    for (const frame of stored.frames) {
      if (!frame.includes('"file.offer"')) continue;
      const event = JSON.parse(frame) as TurnEvent;
      if (event.type === 'file.offer') turn.#files.add(event.file_id);
    }
    return turn;
  }

  get id(): string {
    return this.header.turn_id;
  }

  get hasEnded(): boolean {
    return this.#endedAt !== undefined;
  }

  /** Over for a while and sent to all who are attached: nobody is likely to ask for it again. */
  isStale(now: number): boolean {
    return this.#endedAt !== undefined && now - this.#endedAt > KEEP_MS && !this.stream.isRead;
  }

  get state(): 'idle' | 'running' | 'requires_action' {
    if (this.hasEnded) return 'idle';
    return this.questions.isWaiting ? 'requires_action' : 'running';
  }

  /** Aborts when the turn is cancelled. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  get toolStarted(): boolean {
    return this.#toolStarted;
  }

  get whenEnded(): Promise<void> {
    return this.#end.promise;
  }

  get settled(): Promise<void> {
    return this.#settled;
  }

  emit(event: Unplaced<TurnEvent>): void {
    if (this.hasEnded) return;
    if (event.type === 'message.delta') {
      this.#deltas.push(event);
      return;
    }
    this.#deltas.flush();
    this.#put(event);
  }

  #put(event: Unplaced<TurnEvent>): void {
    const { session_id, turn_id } = this.header;
    const seq = this.stream.lastSeq + 1;
    const { type, ...fields } = event;
    const frame = JSON.stringify({ type, session_id, turn_id, seq, at: Date.now(), ...fields });
    if (event.type === 'tool_call.update' && event.status !== 'pending') this.#toolStarted = true;
    this.#log?.append(frame);
    this.stream.push(frame);
  }

  offer(file: Parameters<AgentTurn['offer']>[0]): void {
    const file_id = `file-${this.#files.size + 1}`;
    this.#files.add(file_id);
    this.emit({ type: 'file.offer', file_id, ...file });
  }

  /** Of several clients the word of the one that attached last counts. @returns whether this one's did. */
  acknowledge(outlet: Outlet, fileId: string): boolean {
    if (!this.#files.has(fileId)) throw new Refusal('bad_request', 'no file of this id was offered');
    return this.stream.isNewest(outlet);
  }

  cancel(): void {
    if (this.hasEnded) return;
    this.#abort.abort();
    this.questions.cancelAll();
  }

  end(stopReason: TurnEnded['stop_reason'], error?: TurnError): void {
    if (this.hasEnded) return;
    this.questions.cancelAll();
    this.emit({ type: 'turn.ended', stop_reason: stopReason, ...(error ? { error } : {}) });
    this.#endedAt = Date.now();
    this.#end.resolve();
    this.#settled = this.#log?.close() ?? Promise.resolve();
  }

  /** @throws Refusal `events_expired` where what comes after `afterSeq` is not kept any more. */
  mustHave(afterSeq: number): void {
    if (afterSeq + 1 < this.stream.firstSeq)
      throw new Refusal('events_expired', 'the events of this turn are no longer kept');
  }

  attach(outlet: Outlet, afterSeq: number): void {
    // Events may have been seen that a killed host did not store: who is ahead is told the end all the same.
    this.stream.attach(outlet, this.hasEnded ? Math.min(afterSeq, this.stream.lastSeq - 1) : afterSeq);
  }
}
