import { describe, SurfacesError } from '../errors/surfaces-error.ts';
import { opId } from '../ids/ids.ts';
import type { Log } from '../runtime/log.ts';
import type { AnswerMessage, AnswerState, Chat, Utterance } from '../surface/port.ts';
import type { Part as Piece } from '../surface/split.ts';
import { draftKey, newPart, type Part } from './answer-part.ts';
import { Bell } from './bell.ts';
import { DraftPace } from './draft-pace.ts';
import type { Begun, DraftRecord } from './draft-record.ts';
import { Gates } from './gates.ts';

/** Edits reserved in the record at a time: after a crash up to this many of the cap are given up. */
const EDIT_BLOCK = 8;
/** A successor waits this long before its first edit, so that the replayed answer has caught up and the text never shrinks. */
const REPLAY_MS = 300;
/** After a draft that could not be sent; the final text does not wait for this. */
const RETRY_MS = 1000;

export type AnswerStreamOptions = {
  readonly chat: Chat;
  readonly record: DraftRecord;
  /** The message that is answered. */
  readonly cause: string;
  readonly asker: string;
  /** The first message of the thread that the answer goes into. */
  readonly thread?: string;
  /** Fencing number of the lane's lease: keeps this worker's edits apart from those of an earlier one. */
  readonly epoch: number;
  /** Whether this worker has the lane still. A process that was paused wakes up with all its timers due, the one that would tell it among them. */
  readonly valid: () => boolean;
  /** Aborted when it has lost the lane: an edit that a slow connection holds back must not come after the successor's final text. */
  readonly lost: AbortSignal;
  readonly begun: readonly Begun[];
  readonly log: Log;
};

/** How the answer stands: the whole text so far, and what the agent is doing beside it. */
export type Draft = { readonly text: string; readonly status: string | null };

export type Outcome = {
  readonly state: Exclude<AnswerState, 'streaming'>;
  readonly text: string;
  readonly code?: string;
  readonly note?: string;
};

/**
 * Streams one answer into a chat by message edits: one loop sends, one request at a time, newest text wins. Every
 * message is reserved in the record before its first post. `finish` hands over the final texts, which the lane commits
 * together with the turn, so that they are said even if this process dies at once.
 */
export class AnswerStream {
  readonly #options: AnswerStreamOptions;
  readonly #parts: Part[] = [];
  readonly #bell = new Bell();
  readonly #sending = new AbortController();
  readonly #loop: Promise<void>;
  #draft: Draft = { text: '', status: null };
  readonly #gates = new Gates(() => this.#bell.ring());
  #notBefore: number;
  readonly #pace: DraftPace;
  #ended = false;
  /** The chat does not take our drafts for good; the final text is still tried. */
  #refused = false;

  constructor(options: AnswerStreamOptions) {
    this.#options = options;
    for (const { op, part, id, edits, ageMs } of options.begun) {
      const now = performance.now();
      this.#parts[part - 1] = {
        ...newPart(op, part),
        reserved: true,
        left: true,
        id,
        ageMs,
        edits,
        editsReserved: edits,
        openedAt: id ? now - ageMs : 0,
      };
    }
    this.#notBefore = options.begun.length > 0 ? performance.now() + REPLAY_MS : 0;
    this.#pace = new DraftPace(options.chat);
    this.#loop = this.#run();
  }

  /** When the first words were taken, in the time of `performance.now()`; null before. */
  get openedAt(): number | null {
    return this.#parts[0]?.openedAt || null;
  }

  get edits(): number {
    return this.#parts.reduce((sum, part) => sum + (part?.edits ?? 0), 0);
  }

  /** What stands in the chat is the newest draft, or will never be. */
  get isCaughtUp(): boolean {
    const { text, status } = this.#draft;
    if (this.#refused || (text === '' && !status)) return true;
    const texts = this.#split(text);
    return this.#parts[texts.length - 1]?.sent === draftKey(texts.at(-1)!.text, status);
  }

  update(draft: Draft): void {
    this.#draft = draft;
    this.#bell.ring();
  }

  /**
   * Something else is to stand in the chat behind the text up to `at`: what follows goes into a message of its own, and
   * waits for `open` to be called. Places grow.
   */
  gateAt(at: number): { readonly open: () => void } {
    return this.#gates.add(at);
  }

  /**
   * Ends the drafts.
   * @returns what is to be said last: the final text of every message that does not have it yet, in order.
   */
  async finish(outcome: Outcome): Promise<Utterance[]> {
    await this.#stop();
    this.#draft = { text: outcome.text, status: null };
    await this.#openLeft();
    const texts = this.#split(outcome.text);
    return texts.flatMap(({ text }, index) => {
      const part = this.#part(index);
      const last = index === texts.length - 1;
      if (part.closed && !last) return [];
      if (!last) return [this.#utterance(part, this.#message(part, text, 'done', false))];
      const { state, code, note } = outcome;
      return [this.#utterance(part, { ...this.#message(part, text, state, true), code, note })];
    });
  }

  /** Ends the drafts and says nothing more: another worker has the lane, or this process is stopping. */
  async abandon(): Promise<void> {
    await this.#stop();
  }

  async #stop(): Promise<void> {
    if (this.#ended) return;
    this.#pace.end();
    this.#ended = true;
    this.#sending.abort();
    this.#bell.ring();
    await this.#loop;
  }

  async #run(): Promise<void> {
    while (!this.#ended) {
      let wait: number;
      try {
        wait = await this.#step();
      } catch (error) {
        this.#onError(error);
        wait = RETRY_MS;
      }
      if (wait > 0 && !this.#ended) await this.#bell.wait(wait);
    }
  }

  /** Sends what is due, one request at most. @returns milliseconds until more may be due; Infinity: when there is new text. */
  async #step(): Promise<number> {
    const { status } = this.#draft;
    const text = this.#gates.passed(this.#draft.text);
    if (this.#refused || (text === '' && !status)) return Number.POSITIVE_INFINITY;
    const early = Math.max(
      this.#notBefore - performance.now(),
      this.#pace.untilDue(this.#parts.at(-1), text, this.openedAt),
    );
    if (early > 0) return early;
    const texts = this.#split(text);
    this.#pace.measured(text, Buffer.byteLength(texts.at(-1)!.text));
    for (const [index, full] of texts.slice(0, -1).entries()) {
      const part = this.#part(index);
      if (part.closed) continue;
      await this.#close(part, full.text);
      return 0;
    }
    const part = this.#part(texts.length - 1);
    if (part.id === null) {
      await this.#open(part, this.#sending.signal);
      return 0;
    }
    if (part.sent === draftKey(texts.at(-1)!.text, status)) return Number.POSITIVE_INFINITY;
    return this.#edit(part);
  }

  /** The first words of a message, reserved before they are posted under an id that every successor derives too. */
  async #open(part: Part, signal?: AbortSignal): Promise<void> {
    const { chat, record, log } = this.#options;
    if (!part.reserved) {
      part.reserved = await record.reserve(part.op, part.number, EDIT_BLOCK);
      part.editsReserved = EDIT_BLOCK;
      if (!part.reserved) throw new SurfacesError('interrupted', 'another worker holds the lane');
    }
    const draft = () => {
      part.left = true;
      return this.#draftOf(part);
    };
    const id = await chat.post(part.op, draft, { ageMs: part.ageMs, signal });
    part.id = id;
    part.openedAt ||= performance.now();
    part.sentAt = performance.now();
    // Not awaited: should it fail, the same post learns the same id again.
    record
      .opened(part.op, id)
      .catch((error) => log.debug({ err: error, op: part.op }, 'the id of a draft was not recorded'));
  }

  /** A middle edit, when it is due. */
  async #edit(part: Part): Promise<number> {
    const { chat, record, epoch, valid, lost } = this.#options;
    const due = this.#pace.untilEdit(part, this.openedAt);
    if (due > 0) return due;
    if (part.edits >= part.editsReserved) {
      part.editsReserved = part.edits + EDIT_BLOCK;
      await record.reserveEdits(part.op, part.editsReserved);
    }
    const key = `${epoch}.${part.edits}`;
    let draft: AnswerMessage | undefined;
    const left = () => {
      if (!valid()) return null;
      if (!draft && !this.#ended) draft = this.#draftOf(part);
      return draft ?? null;
    };
    const out = await chat.edit(part.id!, part.op, key, left, { signal: this.#sending.signal, lost });
    part.sentAt = performance.now();
    if (!out) return Number.POSITIVE_INFINITY;
    part.edits += 1;
    return 0;
  }

  /** A message that is full gets its final text while the answer goes on in the next one. */
  async #close(part: Part, text: string): Promise<void> {
    const signal = this.#sending.signal;
    if (part.left && part.id === null) await this.#open(part, signal);
    const utterance = this.#utterance(part, this.#message(part, text, 'done', false));
    await this.#options.chat.say(utterance, { ageMs: part.ageMs, signal });
    part.closed = true;
    part.edits += 1;
  }

  /**
   * A message whose first words may have gone out: its id is learnt by the same post again, before its final text. Where
   * they never left, the final text is the message.
   */
  async #openLeft(): Promise<void> {
    for (const part of this.#parts.filter((each) => each?.left && each.id === null)) {
      try {
        await this.#open(part);
      } catch (error) {
        if (!(error instanceof SurfacesError && error.disposition === 'permanent')) throw error;
        this.#options.log.warn({ err: error, op: part.op }, 'a draft that may have been posted was not found again');
      }
    }
  }

  #utterance(part: Part, message: AnswerMessage): Utterance {
    return {
      chat: this.#options.chat.id,
      say: { type: 'answer', ...message },
      ...(part.id === null ? {} : { replaces: part.id }),
    };
  }

  #draftOf(part: Part): AnswerMessage {
    const { status } = this.#draft;
    const own = this.#split(this.#gates.passed(this.#draft.text))[part.number - 1]?.text ?? '';
    part.sent = draftKey(own, status);
    return { ...this.#message(part, own, 'streaming', false), ...(status ? { status } : {}) };
  }

  #message(part: Part, text: string, state: AnswerState, last: boolean): AnswerMessage {
    const { cause, asker, thread } = this.#options;
    const place = { inResponseTo: cause, asker, ...(thread === undefined ? {} : { thread }) };
    return { op: part.op, text, state, part: part.number, last, ...place };
  }

  #split(text: string): Piece[] {
    return this.#gates.split(text, { maxBytes: this.#options.chat.limits.maxPartBytes });
  }

  #part(index: number): Part {
    this.#parts[index] ??= newPart(opId('answer', this.#options.cause, index + 1), index + 1);
    return this.#parts[index];
  }

  #onError(error: unknown): void {
    if (this.#ended) return;
    this.#refused = error instanceof SurfacesError && error.disposition === 'permanent';
    const op = this.#parts.at(-1)?.op;
    this.#options.log.warn({ err: error, op }, `a draft was not sent: ${describe(error)}`);
  }
}
