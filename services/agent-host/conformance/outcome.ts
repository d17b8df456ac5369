import { describe } from '../../../shared/errors/surfaces-error.ts';
import { Breach, NotTried } from './breach.ts';
import type { Greeting } from './greeting.ts';
import type { RawClient } from './raw-client.ts';
import type { Rule, Trial } from './rule.ts';
import { excerpt } from './transcript.ts';

/** What came of a rule. Without `problem`, `skipped` and `exempt` it holds. */
export type Outcome = {
  readonly rule: string;
  readonly section: string;
  readonly ms: number;
  /** The host does not keep it, in one sentence. */
  readonly problem?: string;
  readonly expected?: string;
  readonly came?: string;
  /** What passed around the breach, a line each. */
  readonly frames?: readonly string[];
  /** Why it was not tried. */
  readonly skipped?: string;
  /** Why it says nothing about this host. */
  readonly exempt?: string;
};

export async function outcomeOf(rule: Rule, trial: Trial, clients: readonly RawClient[]): Promise<Outcome> {
  const since = performance.now();
  const took = () => ({ ...about(rule), ms: Math.round(performance.now() - since) });
  try {
    await rule.check(trial);
    return took();
  } catch (error) {
    if (error instanceof NotTried) return { ...took(), skipped: error.message };
    return { ...took(), ...broken(error, clients) };
  }
}

/** Why a rule need not, or cannot, be tried. */
export function skippedFor(
  rule: Rule,
  { greeting, prompts }: Pick<Trial, 'greeting' | 'prompts'>,
  canRestart: boolean,
): Outcome | undefined {
  const exempt = rule.exempts?.(greeting);
  if (exempt) return { ...about(rule), ms: 0, exempt };
  const missing = (rule.needs ?? []).filter((name) => prompts[name] === undefined).map((name) => `--prompt-${name}`);
  if (rule.restarts && !canRestart) missing.unshift('--restart-command');
  return missing.length > 0 ? { ...about(rule), ms: 0, skipped: `pass ${missing.join(' and ')}` } : undefined;
}

/** The rules that look at all that passed, and the first breach that each of them saw. */
export class Watch {
  readonly #rules: readonly Rule[];
  readonly #greeting: Greeting;
  readonly #found = new Map<Rule, Outcome>();

  constructor(rules: readonly Rule[], greeting: Greeting) {
    this.#greeting = greeting;
    this.#rules = rules.filter((rule) => rule.watch && !rule.exempts?.(greeting));
  }

  look(clients: readonly RawClient[]): void {
    for (const rule of this.#rules) {
      if (this.#found.has(rule)) continue;
      try {
        for (const client of clients) rule.watch?.(client, this.#greeting);
      } catch (error) {
        this.#found.set(rule, { ...about(rule), ms: 0, ...broken(error, clients) });
      }
    }
  }

  found(rule: Rule): Outcome | undefined {
    return this.#found.get(rule);
  }
}

function about({ rule, section }: Rule): Pick<Outcome, 'rule' | 'section'> {
  return { rule, section };
}

function broken(
  error: unknown,
  clients: readonly RawClient[],
): Pick<Outcome, 'problem' | 'expected' | 'came' | 'frames'> {
  const isBreach = error instanceof Breach;
  const [expected, came] = isBreach ? [error.expected, error.came] : ['that the host can be tried', describe(error)];
  const frames = excerpt(clients, isBreach ? error.frame : undefined);
  return { problem: `expected ${expected}, but there came ${came}`, expected, came, frames };
}
