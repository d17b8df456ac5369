import type { ContextUsage } from '../../../../shared/agent-protocol/content.ts';
import type { AgentTurn } from '../../adapter.ts';
import { Speech } from '../../speech.ts';
import { cutText } from '../conversation/cut-text.ts';
import type { CallStatus, Cost, Heard, ToolCall } from '../wire/session-update.ts';

/** Of a title and a kind; see the protocol. */
const TITLE = 1_024;
const KIND = 64;

type Told = { readonly id: string; title: string; kind: string; status: CallStatus | 'cancelled' };

export type RetellingOptions = {
  readonly showThoughts: boolean;
  /** Makes what an agent names things fit for people: without secrets, with paths as they see them. */
  readonly shown: (text: string) => string;
  /** What the conversation had cost before this turn, as the agent counts it. */
  readonly costBefore: Cost | undefined;
  /** Called for each new tool call and each new message. */
  readonly count: (what: 'calls' | 'messages') => void;
};

/** One turn as people are told it, from what the agent tells of it. */
export class Retelling {
  readonly #emit: AgentTurn['emit'];
  readonly #options: RetellingOptions;
  readonly #calls = new Map<string, Told>();
  readonly #said: string[] = [];
  #speech: Speech | undefined;
  #speeches = 0;
  #messageId: string | undefined;
  /** Of the conversation so far. */
  cost: Cost | undefined;
  context: ContextUsage | undefined;

  constructor(emit: AgentTurn['emit'], options: RetellingOptions) {
    this.#emit = emit;
    this.#options = options;
  }

  /** What was said so far, in paragraphs. */
  get text(): string {
    return [...this.#said, this.#speech?.text ?? ''].filter((part) => part !== '').join('\n\n');
  }

  /** @returns true when a tool call has come to its end with it. */
  hear(heard: Heard): boolean {
    if (heard.kind === 'says') this.#speak(heard.messageId).say(heard.text);
    if (heard.kind === 'thinks') this.#think(heard.text);
    if (heard.kind === 'plan') this.#emit({ type: 'plan.update', entries: [...heard.entries] });
    if (heard.kind === 'usage') this.usage(heard);
    return heard.kind === 'call' && this.#call(heard);
  }

  /** A person allowed it: whatever happens now, it may have happened. */
  begin(call: ToolCall): void {
    this.#call({ ...call, status: 'in_progress' });
  }

  /** What it took; `tokens` of the whole turn where the agent tells them at its end. */
  usage({
    used,
    size,
    cost,
    input,
    output,
  }: {
    used?: number;
    size?: number;
    cost?: Cost;
    input?: number;
    output?: number;
  }): void {
    if (used !== undefined) this.context = { used, ...(size !== undefined && { size }) };
    this.cost = cost ?? this.cost;
    const { context } = this;
    const ofTurn = this.cost && costBetween(this.#options.costBefore, this.cost);
    const usage = {
      ...(context && { context }),
      ...(input !== undefined && { input_tokens: input }),
      ...(output !== undefined && { output_tokens: output }),
      ...(ofTurn && { cost: ofTurn }),
    };
    this.#emit({ type: 'usage.update', ...(context && { context }), usage });
  }

  /** @param unfinished what becomes of tool calls of which the agent never told the end. */
  end(unfinished: 'completed' | 'failed' | 'cancelled'): void {
    this.#endSpeech(unfinished === 'completed');
    for (const call of this.#calls.values()) {
      if (call.status === 'in_progress') this.#tell(call, unfinished);
      // It never began. A failure would say that it had, and that the message must not be tried again.
      else if (call.status === 'pending' && unfinished !== 'failed') this.#tell(call, 'cancelled');
    }
  }

  #call({ id, title, toolKind, status }: ToolCall): boolean {
    let call = this.#calls.get(id);
    const isNew = call === undefined;
    if (!call) {
      this.#options.count('calls');
      this.#endSpeech(true);
      // Ids of agents may be long, and come again in the next turn.
      call = { id: `tool-${this.#calls.size + 1}`, title: '', kind: 'other', status: 'pending' };
      this.#calls.set(id, call);
    }
    const before = { ...call };
    call.kind = toolKind?.slice(0, KIND) || call.kind;
    // Line breaks are for descriptions.
    const shown = title === undefined ? '' : this.#options.shown(title).replaceAll(/\s+/g, ' ').trim();
    call.title = cutText(shown || call.title || call.kind, TITLE);
    const next = status && !isOver(before.status) ? status : call.status;
    // Agents tell much of a call that people are not told.
    if (isNew || call.kind !== before.kind || call.title !== before.title || next !== before.status)
      this.#tell(call, next);
    return isOver(next) && !isOver(before.status);
  }

  #tell(call: Told, status: Told['status']): void {
    call.status = status;
    const { id: tool_call_id, title, kind } = call;
    this.#emit({ type: 'tool_call.update', tool_call_id, title, kind, status });
  }

  #think(text: string): void {
    // Messages of thoughts have ids of their own, which say nothing of where an answer begins.
    this.#current().think(text);
  }

  /** The speech that goes on, or a new one after a tool call and for a new message: paragraphs of their own. */
  #speak(messageId: string | undefined): Speech {
    if (messageId !== undefined && this.#messageId !== undefined && messageId !== this.#messageId)
      this.#endSpeech(true);
    this.#messageId = messageId;
    return this.#current();
  }

  #current(): Speech {
    if (this.#speech) return this.#speech;
    this.#options.count('messages');
    this.#speeches += 1;
    this.#speech = new Speech(this.#emit, this.#speeches, this.#options.showThoughts);
    return this.#speech;
  }

  #endSpeech(isWhole: boolean): void {
    if (!this.#speech) return;
    if (isWhole) this.#speech.done();
    this.#said.push(this.#speech.text);
    this.#speech = undefined;
    this.#messageId = undefined;
  }
}

/** Agents count from a session's beginning; a session that they began anew counts from nothing. */
function costBetween(before: Cost | undefined, now: Cost): Cost {
  if (!before || before.currency !== now.currency || before.amount > now.amount) return now;
  return { ...now, amount: now.amount - before.amount };
}

function isOver(status: Told['status']): boolean {
  return status !== 'pending' && status !== 'in_progress';
}
