import type { ContextUsage, InputBlock, PermissionOption, TurnError } from '../../shared/agent-protocol/content.ts';
import type { Welcome } from '../../shared/agent-protocol/host-messages.ts';
import type { FileOffer, PermissionRequest, TurnEvent } from '../../shared/agent-protocol/turn-events.ts';

/** What makes the answers. The host owns sessions, turns, logs and connections; an adapter only runs turns. */
export type Adapter = {
  /** What its record of a conversation looks like: one adapter reads what another of the same kind kept. */
  readonly kind: 'demo' | 'openai' | 'acp';
  readonly agent: Welcome['agent'];
  readonly capabilities: Welcome['capabilities'];
  /**
   * Runs one turn to its end; what it returns is how the turn ended (`end_turn` where it returns nothing).
   * It should come back soon after `signal` aborts: the host waits a second, then ends the turn without it.
   * @throws AgentFailure for an end with an error of its own; anything else thrown is `internal`.
   */
  readonly runTurn: (turn: AgentTurn) => Promise<StopReason | undefined>;
  /** What fills the context of a conversation. */
  readonly contextOf: (conversation: unknown) => {
    context?: ContextUsage;
    categories: Categories;
    estimated?: boolean;
  };
  /**
   * A copy that goes its own way, for a snapshot that is saved and again for one that is loaded. Where it is missing, the
   * record of the conversation is all there is, and is copied as it is.
   */
  readonly copyConversation?: (from: KeptConversation) => Promise<CopiedConversation>;
  /** Frees what it holds for a session beside the conversation: reset, closed, or loaded from a snapshot. Not during a turn. */
  readonly release?: (sessionId: string) => Promise<void>;
  /** Whether what is behind it answers, for `doctor`; comes back within five seconds, never throws. */
  readonly check?: () => Promise<Checked>;
  /** The host stops; its turns have ended. */
  readonly stop?: () => Promise<void>;
};

export type KeptConversation = {
  readonly sessionId: string;
  /** Absolute, and there. */
  readonly workspace: string;
  readonly conversation: unknown;
};

export type CopiedConversation = {
  readonly conversation: unknown;
  /** The agent itself forgot it: what was said is given to it anew, as text. */
  readonly lossy?: true;
};

/** `problem` in one sentence for the operator, without secrets. */
export type Checked = { readonly ok: true; readonly detail: string } | { readonly ok: false; readonly problem: string };

export type StopReason = Exclude<Extract<TurnEvent, { type: 'turn.ended' }>['stop_reason'], 'error' | 'cancelled'>;
type Categories = 'not_reported' | { name: string; tokens: number }[];

/** An event as an adapter makes it: where it stands in the turn is the host's to say. */
type Unplaced<Event> = Event extends TurnEvent ? Omit<Event, 'session_id' | 'turn_id' | 'seq' | 'at'> : never;
export type AdapterEvent = Exclude<
  Unplaced<TurnEvent>,
  { type: 'turn.ended' | 'turn.state' | 'permission.request' | 'permission.resolved' | 'file.offer' }
>;

export type Resolution = {
  readonly outcome: 'selected' | 'cancelled' | 'expired';
  readonly option?: PermissionOption;
  /** What the person gave as a reason, mostly for a no. */
  readonly reason?: string;
};

export type AgentTurn = {
  readonly sessionId: string;
  readonly turnId: string;
  /** Absolute, and there. */
  readonly workspace: string;
  readonly input: readonly InputBlock[];
  /** The how manieth message of the conversation this is, from 1; a repeated `turn.start` does not count. */
  readonly number: number;
  /** The adapter's own record of the conversation, JSON; `undefined` at its beginning. */
  readonly conversation: unknown;
  /** Takes effect at once; is on disk before the turn's end is told. */
  readonly keepConversation: (conversation: unknown) => void;
  readonly signal: AbortSignal;
  readonly emit: (event: AdapterEvent) => void;
  /** Waits for the person, across lost connections, until it expires or the turn is cancelled. */
  readonly ask: (question: Pick<PermissionRequest, 'title' | 'description' | 'options'>) => Promise<Resolution>;
  readonly offer: (
    file: Pick<FileOffer, 'path' | 'name' | 'mime_type' | 'size' | 'sha256' | 'width' | 'height'>,
  ) => void;
};

/** The agent's own failure in mid-turn; `message` is for the person. */
export class AgentFailure extends Error {
  readonly code: TurnError['code'];

  constructor(code: TurnError['code'], message: string) {
    super(message);
    this.name = 'AgentFailure';
    this.code = code;
  }
}
