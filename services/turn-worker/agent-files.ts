import type { AgentConnection } from '../../shared/agent-protocol/client.ts';
import type { FileOffer } from '../../shared/agent-protocol/turn-events.ts';
import type { AnswerStream } from '../../shared/delivery/answer-stream.ts';
import { fileUtterance, refusedUtterance } from '../../shared/delivery/file-messages.ts';
import { uploaded } from '../../shared/delivery/uploads.ts';
import { opId, type SessionId } from '../../shared/ids/ids.ts';
import type { Wake } from '../../shared/lane/lane.ts';
import type { MessageItem } from '../../shared/matrix/work-item.ts';
import type { Log } from '../../shared/runtime/log.ts';
import type { FileOut } from '../../shared/store/files-out.ts';
import type { Database } from '../../shared/store/postgres.ts';
import type { Utterance } from '../../shared/surface/port.ts';
import type { Language } from '../../shared/texts/detect-language.ts';

export type AgentFilesOptions = {
  readonly database: Database;
  readonly agent: AgentConnection;
  /** Says something at once, and once, under its operation id. */
  readonly say: (utterance: Utterance) => Promise<void>;
  readonly wake: Wake;
  readonly stream: AnswerStream;
  /** The message that the turn answers. */
  readonly about: MessageItem;
  readonly position: number;
  readonly sessionId: SessionId;
  readonly turnId: string;
  readonly language: Language;
  /** Of the run: once it aborts, nothing more is said. */
  readonly signal: AbortSignal;
  readonly log: Log;
};

/** A file that nobody has uploaded by then is given up, and said to be. */
const PATIENCE_MS = 10 * 60_000;

/**
 * The files that an agent offers in one turn. Each is a row and an item of the attachment workers; this waits until it is
 * uploaded and says it in its place: behind what the answer said before the offer, and before all that follows. A
 * successor hears the same offers again and finds the rows.
 */
export class AgentFiles {
  readonly #options: AgentFilesOptions;
  readonly #taken = new Set<string>();
  readonly #over = new AbortController();
  readonly #signal: AbortSignal;
  #said: Promise<void> = Promise.resolve();

  constructor(options: AgentFilesOptions) {
    this.#options = options;
    this.#signal = AbortSignal.any([options.signal, this.#over.signal]);
  }

  /** Takes an offer, once. `at`: how much of the answer had been said before it, in characters. */
  take(offer: FileOffer, at: number): void {
    const op = opId('file', this.#options.turnId, offer.file_id);
    if (this.#taken.has(op)) return;
    this.#taken.add(op);
    const gate = this.#options.stream.gateAt(at);
    const settled = this.#settle(op, offer);
    this.#said = this.#said.then(async () => {
      await this.#tell(offer, await settled);
      gate.open();
    });
    // They are thrown where somebody waits for them.
    for (const promise of [settled, this.#said]) promise.catch(() => {});
  }

  /**
   * Waits until every file is said, or was refused, or the run is over.
   * @throws what the database or the homeserver said against it.
   */
  async done(): Promise<void> {
    await this.#said.catch((error: unknown) => {
      if (!this.#signal.aborted) throw error;
    });
  }

  /** The turn is over for this worker: nothing more is said. */
  abandon(): void {
    this.#over.abort();
  }

  async #settle(op: FileOut['op'], { path, name, mime_type: mime, size, sha256 }: FileOffer): Promise<FileOut> {
    const { database, about, sessionId: workspace, position, wake } = this.#options;
    const offer = { path, name, mime, size, sha256 };
    return uploaded(
      { op, workspace, offer, about, position, patienceMs: PATIENCE_MS },
      { database, wake, signal: this.#signal },
    );
  }

  async #tell({ session_id, turn_id, file_id }: FileOffer, file: FileOut): Promise<void> {
    const { agent, about, language, log, say } = this.#options;
    const said = file.state === 'uploaded';
    const verdict = file.state === 'refused' ? { accepted: false, reason: file.result.reason } : { accepted: true };
    agent
      .request('file.ack', { session_id, turn_id, file_id, ...verdict })
      .catch((error: unknown) => log.info({ err: error }, 'the agent was not told what became of its file'));
    this.#signal.throwIfAborted();
    await say(said ? fileUtterance(file, about) : refusedUtterance(file, about, language));
  }
}
