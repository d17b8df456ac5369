import { field, list } from '../../../../shared/config/json.ts';
import { countOf, record, textOf } from '../http/json-shape.ts';

/** Both spellings are in use; what a model thought before a tool call goes back to it in the one that it came in. */
export type ThoughtField = 'reasoning_content' | 'reasoning';

export type CallPiece = {
  readonly index: number | undefined;
  readonly id: string;
  readonly name: string;
  readonly arguments: string;
};

/** Tokens that a server counted. */
export type ModelUsage = {
  readonly prompt: number;
  readonly completion: number;
  /** Of the prompt, what the server still had from an earlier request. */
  readonly cached?: number;
  /** US dollars. */
  readonly cost?: number;
};

/** What one chunk of an answer adds, or all of an answer that came whole. */
export type ChatChunk = {
  readonly text: string;
  readonly thought: string;
  readonly thoughtField: ThoughtField;
  readonly calls: readonly CallPiece[];
  readonly finish: string;
  readonly usage: ModelUsage | undefined;
  /** An error where the HTTP status said that all is well. */
  readonly error: unknown;
};

/** Decodes a `chat.completion.chunk` or a `chat.completion`. What is not understood adds nothing. */
export function decodeChunk(json: unknown): ChatChunk {
  const choice = list(field(json, 'choices'))[0];
  const delta = record(field(choice, 'delta') ?? field(choice, 'message'));
  const thoughtField = textOf(delta.reasoning_content) ? 'reasoning_content' : 'reasoning';
  return {
    text: contentOf(delta.content) + textOf(delta.refusal),
    thought: textOf(delta[thoughtField]),
    thoughtField,
    // `function_call` beside it is the same call in an older spelling.
    calls: list(delta.tool_calls).map(pieceOf),
    finish: textOf(field(choice, 'finish_reason')),
    usage: usageOf(field(json, 'usage')),
    error: errorOf(json),
  };
}

/** Some servers send parts also here. */
function contentOf(content: unknown): string {
  if (!Array.isArray(content)) return textOf(content);
  return content.map((part) => (field(part, 'type') === 'text' ? textOf(field(part, 'text')) : '')).join('');
}

function pieceOf(piece: unknown): CallPiece {
  const { index, id } = record(piece);
  const given = record(field(piece, 'function'));
  const asText = typeof given.arguments === 'object' && given.arguments !== null;
  return {
    index: countOf(index),
    id: textOf(id),
    name: textOf(given.name),
    arguments: asText ? JSON.stringify(given.arguments) : textOf(given.arguments),
  };
}

function usageOf(usage: unknown): ModelUsage | undefined {
  const prompt = countOf(field(usage, 'prompt_tokens'));
  if (!prompt) return undefined;
  const cached = countOf(field(field(usage, 'prompt_tokens_details'), 'cached_tokens'));
  const cost = costOf(field(usage, 'cost'));
  return {
    prompt,
    completion: countOf(field(usage, 'completion_tokens')) ?? 0,
    ...(cached ? { cached: Math.min(cached, prompt) } : {}),
    ...(cost === undefined ? {} : { cost }),
  };
}

/** A number, as OpenRouter has it, or the sum beside its parts, as Perplexity has it. */
function costOf(cost: unknown): number | undefined {
  const amount = typeof cost === 'number' ? cost : field(cost, 'total_cost');
  return typeof amount === 'number' && Number.isFinite(amount) && amount >= 0 ? amount : undefined;
}

function errorOf(json: unknown): unknown {
  const error = field(json, 'error');
  if (error) return error;
  // As vLLM has it.
  return field(json, 'object') === 'error' ? json : undefined;
}
