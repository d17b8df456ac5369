import { limitsFor } from '../../shared/limits/limits.ts';
import { spentToday } from '../../shared/store/turn-spent.ts';
import { number } from '../../shared/texts/formats.ts';
import { say } from '../../shared/texts/say.ts';
import type { CommandCall, CommandParts } from './command.ts';

/** What a person may do, in one line: “20 messages a minute · 5 at the same time · 100 waiting”. */
export async function limitsLine(
  { person, language }: Pick<CommandCall, 'person' | 'language'>,
  { database, limits: { people } }: CommandParts,
): Promise<string> {
  const { turnsPerMinute, turnsAtOnce, queued, tokensPerDay, costPerDay } = limitsFor(person, people);
  const spent = tokensPerDay + costPerDay > 0 ? await spentToday(database, person) : { tokens: 0, cost: 0 };
  const parts = [
    { key: 'limit_turns', limit: turnsPerMinute },
    { key: 'limit_at_once', limit: turnsAtOnce },
    { key: 'limit_queued', limit: queued },
    { key: 'limit_tokens', limit: tokensPerDay, used: spent.tokens },
    { key: 'limit_cost', limit: costPerDay, used: spent.cost },
  ] as const;
  const said = parts
    .filter(({ limit }) => limit > 0)
    .map((part) => {
      const used = 'used' in part ? part.used : 0;
      return say(language, part.key, { count: number(language, part.limit), used: number(language, used) });
    });
  return said.length === 0 ? say(language, 'limit_none') : said.join(' · ');
}
