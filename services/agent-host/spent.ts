import type { Usage } from '../../shared/agent-protocol/content.ts';

/** What was used, without how full the context is. */
export type Spent = Omit<Usage, 'context'>;

/** Both together. Amounts of two currencies are not added: the newer one stands. */
export function together(before: Spent | undefined, turn: Spent): Spent {
  if (!before) return withoutContext(turn);
  const cost =
    before.cost && turn.cost?.currency === before.cost.currency
      ? { ...turn.cost, amount: before.cost.amount + turn.cost.amount }
      : (turn.cost ?? before.cost);
  return {
    ...sum('input_tokens', before, turn),
    ...sum('output_tokens', before, turn),
    ...(cost && { cost }),
  };
}

function sum<Name extends 'input_tokens' | 'output_tokens'>(name: Name, one: Spent, other: Spent) {
  if (one[name] === undefined && other[name] === undefined) return {};
  return { [name]: (one[name] ?? 0) + (other[name] ?? 0) } as { [Key in Name]: number };
}

function withoutContext({ input_tokens, output_tokens, cost }: Usage): Spent {
  return {
    ...(input_tokens !== undefined && { input_tokens }),
    ...(output_tokens !== undefined && { output_tokens }),
    ...(cost && { cost }),
  };
}
