import { HANDSHAKE_RULES } from './handshake-rules.ts';
import { RawClient } from './raw-client.ts';
import type { Rule, Trial } from './rule.ts';
import { SCRIPT_RULES } from './script-rules.ts';
import { SESSION_RULES } from './session-rules.ts';
import { TURN_RULES } from './turn-rules.ts';

export const RULES: readonly Rule[] = [...HANDSHAKE_RULES, ...SESSION_RULES, ...TURN_RULES, ...SCRIPT_RULES];

export type Outcome = {
  readonly rule: string;
  readonly ms: number;
  readonly problem?: string;
  readonly skipped?: string;
};

const SCRIPT_PROMPTS = { short: 'hello', long: 'demo words=400 pace=10' };
const ANY_PROMPTS = { short: 'Say hello in one word.', long: 'Count from 1 to 400, each number on a line of its own.' };

const NOT_APPLICABLE = 'not applicable: for an agent named demo, which follows the script in docs/CONTRACT.md';

/** Tries a host, one rule after the other; `tell` hears each outcome at once. */
export async function runRules(url: string, token: string, tell: (outcome: Outcome) => void): Promise<Outcome[]> {
  const hasScript = await knowsScript(url, token);
  const outcomes: Outcome[] = [];
  for (const { rule, check, needsScript } of RULES) {
    const clients: RawClient[] = [];
    const since = performance.now();
    const outcome = async (): Promise<Omit<Outcome, 'ms'>> => {
      if (needsScript && !hasScript) return { rule, skipped: NOT_APPLICABLE };
      try {
        await check(trialOf(url, token, hasScript, clients));
        return { rule };
      } catch (error) {
        return { rule, problem: error instanceof Error ? error.message : String(error) };
      }
    };
    const told = { ...(await outcome()), ms: Math.round(performance.now() - since) };
    for (const client of clients) client.cut();
    outcomes.push(told);
    tell(told);
  }
  return outcomes;
}

function trialOf(url: string, token: string, hasScript: boolean, clients: RawClient[]): Trial {
  return {
    url,
    token,
    prompts: hasScript ? SCRIPT_PROMPTS : ANY_PROMPTS,
    client: async () => {
      const client = await RawClient.greeted(url, token);
      clients.push(client);
      return client;
    },
    session: async (client) => {
      const session_id = `conformance-${crypto.randomUUID()}`;
      await client.request({ type: 'session.open', session_id, workspace: session_id }, 'session.opened');
      return session_id;
    },
  };
}

async function knowsScript(url: string, token: string): Promise<boolean> {
  const client = await RawClient.greeted(url, token);
  const welcome = client.frames.find(({ type }) => type === 'welcome') as { agent?: { name?: string } } | undefined;
  client.cut();
  return welcome?.agent?.name === 'demo';
}
