import type { AnswerMessage, Chat, Utterance } from '../surface/port.ts';

/** What stands under one id, and every state that it had, in order. */
export type Said = { readonly id: string; readonly op: string; readonly history: (AnswerMessage | Utterance['say'])[] };

/**
 * A surface without a network, for tests: it keeps the promises of the port (a post with the same op is the same
 * message) and can be told to be slow, to lose an answer after it did the work, or to refuse.
 */
export class MemoryChat implements Chat {
  readonly id = '!memory:test';
  readonly limits: Chat['limits'];
  readonly messages = new Map<string, Said>();
  readonly keys = new Set<string>();
  delayMs = 0;
  /** Thrown by the next call, before or after its effect. */
  failBefore: Error | null = null;
  failAfter: Error | null = null;

  constructor(limits: Partial<Chat['limits']> = {}) {
    this.limits = { maxPartBytes: 16_000, maxEdits: 30, ...limits };
  }

  sendMs = () => 1;
  typing = () => {};

  post: Chat['post'] = async (op, draft) => this.#act(op, draft());

  async edit(id: string, op: string, key: string, draft: () => AnswerMessage | null): Promise<boolean> {
    const message = draft();
    if (message === null) return false;
    if (this.keys.has(`${op}.${key}`))
      throw new Error(`edit ${op}.${key} was sent before: the homeserver would drop it`);
    this.keys.add(`${op}.${key}`);
    await this.#act(op, message, id);
    return true;
  }

  async say({ say, replaces }: Utterance): Promise<void> {
    await this.#act(say.op, say, replaces);
  }

  async #act(op: string, message: AnswerMessage | Utterance['say'], replaces?: string): Promise<string> {
    const before = this.failBefore;
    this.failBefore = null;
    if (before) throw before;
    const id = replaces ?? `$${op}`;
    const said = this.messages.get(id) ?? { id, op, history: [] };
    if (replaces !== undefined || said.history.length === 0) said.history.push(message);
    this.messages.set(id, said);
    await new Promise((resolve) => setTimeout(resolve, this.delayMs));
    const after = this.failAfter;
    this.failAfter = null;
    if (after) throw after;
    return id;
  }
}
