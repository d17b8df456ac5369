import { createHash } from 'node:crypto';
import { rename, writeFile } from 'node:fs/promises';
import type { InputBlock } from '../../shared/agent-protocol/content.ts';
import type { Adapter } from './adapter.ts';
import { Refusal } from './refusal.ts';
import { type Spent, together } from './spent.ts';
import type { Turn } from './turn.ts';

/** What is stored of a session. */
export type SessionRecord = {
  readonly session_id: string;
  /** Relative to the volume. */
  workspace: string;
  /** Turns of this conversation so far. */
  messages: number;
  /** The name of the agent that it was opened with; without one it has the default, whichever that is. */
  agent?: string;
  /** The adapter's own. */
  conversation?: unknown;
  /** Of the adapter that kept the conversation. */
  kind?: Adapter['kind'];
  /** What all its turns together have used, resets included. */
  spent?: Spent;
  /** The newest turn; whether it is over stands in its log. */
  turn?: { turn_id: string; input_hash: string };
};

/** One conversation and the turns of it that are in memory. All requests of a session come one after the other. */
export class Session {
  readonly record: SessionRecord;
  readonly turns = new Map<string, Turn>();
  readonly #path: string;
  #running: Turn | undefined;
  #saving: Promise<void> = Promise.resolve();
  #saved: boolean;

  /** @param path of `session.json`, in a folder that is there. */
  constructor(record: SessionRecord, path: string, isStored: boolean) {
    this.record = record;
    this.#path = path;
    this.#saved = isStored;
  }

  get running(): Turn | undefined {
    return this.#running?.hasEnded ? undefined : this.#running;
  }

  set running(turn: Turn) {
    this.#running = turn;
    this.turns.set(turn.id, turn);
  }

  /** Until the last turn's end is on disk. */
  get settled(): Promise<void> {
    return this.#running?.settled ?? Promise.resolve();
  }

  /** @throws Refusal `session_busy`. */
  mustBeIdle(): void {
    const { running } = this;
    if (!running) return;
    throw new Refusal('session_busy', 'a turn is running in this session', {
      turn_id: running.id,
      retry_after_ms: 200,
    });
  }

  keepConversation(conversation: unknown, kind: Adapter['kind'] | undefined): void {
    this.record.conversation = conversation;
    this.record.kind = kind;
    this.#saved = false;
  }

  /** @param used by one turn, from its beginning to its end. */
  spend(used: Spent): void {
    this.record.spent = together(this.record.spent, used);
    this.#saved = false;
  }

  /** Writes the record if something changed since it was written. */
  async saveIfChanged(): Promise<void> {
    if (this.#saved) return this.#saving;
    await this.save();
  }

  async save(): Promise<void> {
    this.#saved = true;
    this.#saving = this.#saving.catch(() => {}).then(() => writeFileWhole(this.#path, JSON.stringify(this.record)));
    try {
      await this.#saving;
    } catch (error) {
      this.#saved = false;
      throw error;
    }
  }
}

/** A reader sees the old text or the new one. Not synced: it has to outlive the process, not a power cut. */
export async function writeFileWhole(path: string, text: string): Promise<void> {
  await writeFile(`${path}.new`, text, { mode: 0o600 });
  await rename(`${path}.new`, path);
}

/** Two inputs with one hash are the same turn. */
export function inputHash(input: readonly InputBlock[]): string {
  return createHash('sha256').update(JSON.stringify(input)).digest('hex');
}
