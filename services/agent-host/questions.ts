import type { PermissionOption } from '../../shared/agent-protocol/content.ts';
import type { PermissionRequest, TurnEvent } from '../../shared/agent-protocol/turn-events.ts';
import type { Resolution } from './adapter.ts';
import { Refusal } from './refusal.ts';

type Resolved = Extract<TurnEvent, { type: 'permission.resolved' }>;
export type Answer = Pick<Resolved, 'permission_id' | 'option_id' | 'by'> & {
  readonly outcome: Resolved['outcome'];
  /** For the agent alone; the event that all hear does not carry it. */
  readonly reason?: string;
};
type Open = {
  readonly options: readonly PermissionOption[];
  readonly settle: (resolution: Resolution) => void;
  readonly timer: NodeJS.Timeout;
};
type Emit = (
  event:
    | Omit<PermissionRequest, 'session_id' | 'turn_id' | 'seq' | 'at'>
    | Omit<Resolved, 'session_id' | 'turn_id' | 'seq' | 'at'>
    | { type: 'turn.state'; state: 'running' | 'requires_action' },
) => void;

/** setTimeout takes no longer times. */
const LONGEST_MS = 2 ** 31 - 1;

/** The permissions that a turn asked for. They belong to the turn and not to a connection. */
export class Questions {
  readonly #ttlMs: number;
  readonly #emit: Emit;
  readonly #open = new Map<string, Open>();
  readonly #answers = new Map<string, Answer>();
  #asked = 0;

  constructor(ttlMs: number, emit: Emit) {
    this.#ttlMs = Math.min(ttlMs, LONGEST_MS);
    this.#emit = emit;
  }

  get isWaiting(): boolean {
    return this.#open.size > 0;
  }

  ask(question: Pick<PermissionRequest, 'title' | 'description' | 'options'>): Promise<Resolution> {
    this.#asked += 1;
    const permission_id = `permission-${this.#asked}`;
    return new Promise((settle) => {
      const timer = setTimeout(() => this.#resolve({ permission_id, outcome: 'expired' }), this.#ttlMs);
      this.#open.set(permission_id, { options: question.options, settle, timer });
      if (this.#open.size === 1) this.#emit({ type: 'turn.state', state: 'requires_action' });
      const expires_at = new Date(Date.now() + this.#ttlMs).toISOString();
      this.#emit({ type: 'permission.request', permission_id, ...question, expires_at });
    });
  }

  /**
   * The person's answer; the same one again is done already.
   * @throws Refusal `permission_closed` where it was answered otherwise, expired or never asked; `bad_request` for an
   * option that was not offered.
   */
  respond(answer: Answer): void {
    const open = this.#open.get(answer.permission_id);
    if (!open) {
      const before = this.#answers.get(answer.permission_id);
      if (before && before.outcome === answer.outcome && before.option_id === answer.option_id) return;
      throw new Refusal('permission_closed', before ? `it was ${before.outcome} before` : 'nobody asks for it');
    }
    const isOffered = open.options.some(({ option_id }) => option_id === answer.option_id);
    if (answer.outcome === 'selected' && !isOffered)
      throw new Refusal('bad_request', 'option_id is not one of those offered');
    this.#resolve(answer.outcome === 'selected' ? answer : { ...answer, option_id: undefined });
  }

  /** The turn ends: nobody waits any more. */
  cancelAll(): void {
    for (const permission_id of [...this.#open.keys()]) this.#resolve({ permission_id, outcome: 'cancelled' });
  }

  #resolve(answer: Answer): void {
    const open = this.#open.get(answer.permission_id);
    if (!open) return;
    clearTimeout(open.timer);
    this.#open.delete(answer.permission_id);
    this.#answers.set(answer.permission_id, answer);
    const { reason, ...resolved } = answer;
    this.#emit({ type: 'permission.resolved', ...resolved });
    if (this.#open.size === 0) this.#emit({ type: 'turn.state', state: 'running' });
    const option = open.options.find(({ option_id }) => option_id === answer.option_id);
    open.settle({ outcome: answer.outcome, ...(option ? { option } : {}), ...(reason ? { reason } : {}) });
  }
}
