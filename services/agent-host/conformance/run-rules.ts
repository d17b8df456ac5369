import { type Greeting, readGreeting } from './greeting.ts';
import { type Outcome, outcomeOf, skippedFor, Watch } from './outcome.ts';
import { choosePrompts, type Prompts, type ScriptName } from './prompts.ts';
import { RawClient } from './raw-client.ts';
import { RestartBarrier } from './restart-barrier.ts';
import type { Rule, Trial } from './rule.ts';
import { RULES } from './rules.ts';

export type { Outcome } from './outcome.ts';

export type RunOptions = {
  readonly rules?: readonly Rule[];
  readonly prompts?: Prompts;
  /** Where it is missing, that of the demo agent for an agent of this name. */
  readonly script?: ScriptName;
  readonly patienceMs?: number;
  /** Kills the host, starts it again, and comes back when it listens. */
  readonly restart?: () => Promise<void>;
  /** Hears first what the host said of itself, and whose script its agent is taken to know. */
  readonly onGreeting?: (greeting: Greeting, script: ScriptName) => void;
};

type Host = Pick<Trial, 'url' | 'token' | 'greeting' | 'patienceMs' | 'prompts'>;

export const PATIENCE_MS = 10_000;

/**
 * Tries a host; `tell` hears each outcome at once. Rules that mainly wait run beside the others, those about a killed host
 * together behind them, and last come those that look at all that passed.
 * @throws Error where the host cannot be reached or does not greet.
 */
export async function runRules(
  url: string,
  token: string,
  tell: (outcome: Outcome) => void,
  options: RunOptions = {},
): Promise<Outcome[]> {
  const { rules = RULES, restart } = options;
  const host = await meet(url, token, options);
  const watch = new Watch(rules, host.greeting);
  const why = new Map(rules.map((rule) => [rule, skippedFor(rule, host, restart !== undefined)]));
  const restarting = rules.filter((rule) => rule.restarts);
  const barrier = new RestartBarrier(restarting.filter((rule) => !why.get(rule)).length, restart ?? (async () => {}));

  const run = async (rule: Rule): Promise<Outcome> => {
    const skipped = why.get(rule);
    if (skipped) return skipped;
    const clients: RawClient[] = [];
    let waits = rule.restarts === true;
    const trial = trialOf(host, clients, () => {
      waits = false;
      return barrier.arrive();
    });
    const outcome = await outcomeOf(rule, trial, clients);
    if (waits) barrier.leave();
    watch.look(clients);
    for (const client of clients) client.cut();
    return outcome;
  };

  const outcomes: Outcome[] = [];
  const done = (outcome: Outcome) => {
    outcomes.push(outcome);
    tell(outcome);
  };
  const waiting = rules.filter((rule) => rule.waits).map(run);
  for (const rule of rules) if (!rule.waits && !rule.restarts && !rule.watch) done(await run(rule));
  for (const outcome of waiting) done(await outcome);
  await Promise.all(restarting.map(async (rule) => done(await run(rule))));
  for (const rule of rules) {
    if (!rule.watch) continue;
    const outcome = await run(rule);
    done(watch.found(rule) ?? outcome);
  }
  return outcomes;
}

async function meet(url: string, token: string, options: RunOptions): Promise<Host> {
  const { patienceMs = PATIENCE_MS } = options;
  const client = await RawClient.greeted(url, token, crypto.randomUUID(), patienceMs);
  const greeting = readGreeting(client.frames.find(({ type }) => type === 'welcome')!);
  client.cut();
  const script = options.script ?? (greeting.agent === 'demo' ? 'demo' : 'none');
  options.onGreeting?.(greeting, script);
  return { url, token, greeting, patienceMs, prompts: choosePrompts(options.prompts ?? {}, script) };
}

/** @param clients gets every client that the rule connects. */
function trialOf(host: Host, clients: RawClient[], restart: Trial['restart']): Trial {
  const connect = async (token = host.token) => {
    const client = await RawClient.connect(host.url, token, host.patienceMs);
    clients.push(client);
    return client;
  };
  return {
    ...host,
    connect,
    async client(instance = crypto.randomUUID()) {
      const client = await connect();
      await client.greet(instance);
      return client;
    },
    prompt(name) {
      const words = host.prompts[name];
      if (words === undefined) throw new Error(`a rule that asks for --prompt-${name} has to name it under needs`);
      return words;
    },
    restart,
  };
}
