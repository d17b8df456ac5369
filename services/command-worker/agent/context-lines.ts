import { contextShare } from '../../../shared/agent-protocol/context-share.ts';
import type { ResultOf } from '../../../shared/agent-protocol/host-messages.ts';
import type { Language } from '../../../shared/texts/detect-language.ts';
import { number, price } from '../../../shared/texts/formats.ts';
import { say } from '../../../shared/texts/say.ts';

type Context = ResultOf<'context.get'>;
const CELLS = 10;

/** How full a context is, in one line: a bar and figures where its size is known. Null where the agent tells nothing. */
export function contextLine({ context }: Context, language: Language): string | null {
  if (!context) return null;
  const used = number(language, context.used);
  const share = contextShare(context);
  if (share === undefined) return say(language, 'context_used', { used });
  const full = context.used === 0 ? 0 : Math.max(1, Math.round(share * CELLS));
  const bar = '▰'.repeat(full) + '▱'.repeat(CELLS - full);
  const percent = Math.round(share * 100);
  return say(language, 'context_of', { bar, used, size: number(language, context.size!), percent });
}

/** What the room has used up so far; null where nothing is known. */
export function spentLine({ spent }: Context, language: Language): string | null {
  if (!spent) return null;
  const { input_tokens: read, output_tokens: written, cost } = spent;
  const tokens =
    read === undefined && written === undefined
      ? null
      : say(language, 'context_spent', { read: number(language, read ?? 0), written: number(language, written ?? 0) });
  // Agents on a flat rate, or on a model of one's own, tell a cost of nothing.
  const money = cost && cost.amount > 0 && say(language, 'context_cost', { cost: price(language, cost) });
  return [tokens, money].filter(Boolean).join(' ') || null;
}

/** What fills it, the largest first; null where the agent does not tell. */
export function categoryLines({ categories }: Context, language: Language): string | null {
  if (categories === 'not_reported' || categories.length === 0) return null;
  return categories
    .toSorted((one, other) => other.tokens - one.tokens)
    .map(({ name, tokens }) => `- ${say(language, 'context_category', { name, tokens: number(language, tokens) })}`)
    .join('\n');
}
