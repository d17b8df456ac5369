import type { Usage } from '../../../shared/agent-protocol/content.ts';
import type { ModelUsage } from './completions/chat-chunk.ts';

/** What a model costs, for each million tokens. */
export type Price = {
  readonly input: number;
  /** Of tokens that the server had in its cache; as `input` without it. */
  readonly cachedInput?: number;
  readonly output: number;
  /** ISO 4217 */
  readonly currency: string;
};

type Cost = NonNullable<Usage['cost']>;

/** What one turn has used: of all its answers so far, with what summaries took. Answers that broke off are in no count. */
export type TurnUsage = {
  readonly input: number;
  readonly output: number;
  /** `unknown` once it is of one answer: a sum without it would be too small. */
  readonly cost?: Cost | 'unknown';
};

/** What servers tell a cost in. */
const TOLD_IN = 'USD';
const MILLION = 1_000_000;
/** Digits behind the point. A token costs about 0.0000001, and sums of binary fractions have tails. */
const DIGITS = 12;

/** @param usage of another answer, where the server told it. */
export function withAnswer(before: TurnUsage, usage: ModelUsage | undefined, price: Price | undefined): TurnUsage {
  return {
    input: before.input + (usage?.prompt ?? 0),
    output: before.output + (usage?.completion ?? 0),
    cost: sum(before.cost, usage && costOf(usage, price)),
  };
}

/** As the protocol has it; `undefined` where the server counted nothing. */
export function usageFigures({ input, output, cost }: TurnUsage): Usage | undefined {
  if (input + output === 0) return undefined;
  return { input_tokens: input, output_tokens: output, ...(cost && cost !== 'unknown' ? { cost } : {}) };
}

/** A server knows better than a price list what it will ask for. */
function costOf({ prompt, completion, cached = 0, cost }: ModelUsage, price: Price | undefined): Cost | undefined {
  if (cost !== undefined) return { amount: cost, currency: TOLD_IN };
  if (!price) return undefined;
  const { input, cachedInput = input, output, currency } = price;
  const amount = ((prompt - cached) * input + cached * cachedInput + completion * output) / MILLION;
  return { amount: rounded(amount), currency };
}

function sum(before: TurnUsage['cost'], added: Cost | undefined): TurnUsage['cost'] {
  if (!added || before === 'unknown') return 'unknown';
  if (!before) return added;
  // Not to be added.
  if (before.currency !== added.currency) return 'unknown';
  return { ...added, amount: rounded(before.amount + added.amount) };
}

function rounded(amount: number): number {
  return Number(amount.toFixed(DIGITS));
}
