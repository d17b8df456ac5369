import type { AgentConnection } from '../shared/agent-protocol/client.ts';
import { sharedNow, wallOffset } from './bench-agents-clock.ts';
import { besideHost, canPin, HostProcess, type ModelProcess } from './bench-agents-processes.ts';
import { askHost, type Question } from './bench-agents-turn.ts';
import type { Figure } from './figures.ts';
import { percentile } from './percentile.ts';
import { cpuSeconds, rssMegabytes } from './process-cost.ts';

const TURNS = 500;
const PACE_MS = 20;
/** Longer than it takes until all turns have begun: from then on they speak at once. */
const FIRST_MS = 2_000;

/** When each token was due, and when it was here. */
type Tokens = { readonly due: number[]; readonly at: number[] };

/**
 * 500 turns at once through one host on one core, 50 tokens a second each. It keeps up if the lag at the end is what it is
 * in the middle, and if as many tokens arrive in a time as are due in it.
 * @param model without one it is the demo agent's words.
 */
export async function benchCrowd(seconds: number, model?: ModelProcess): Promise<Figure[]> {
  const question = { count: (seconds * 1_000) / PACE_MS, pace: PACE_MS, first: FIRST_MS };
  const host = await HostProcess.start(model ? { baseUrl: model.baseUrl } : {});
  const group = `Agent host: ${TURNS} turns at once, 50 tokens/s each, ${model ? 'openai' : 'demo'}, ${seconds} s, ${canPin ? 'one core' : 'not pinned'}`;
  try {
    const connection = host.connect();
    await besideHost(() => hearAll(connection, { ...question, count: 5, first: 0 }, 50, model));
    const before = { host: cpuSeconds(host.pid), own: process.cpuUsage(), at: performance.now() };
    const all = await besideHost(() => hearAll(connection, question, TURNS, model));
    const spent = { host: cpuSeconds(host.pid) - before.host, own: process.cpuUsage(before.own) };
    const wall = (performance.now() - before.at - FIRST_MS) / 1_000;
    const tokens = TURNS * question.count;
    return [
      ...keepsUp(group, all),
      { group, name: 'CPU of the host, of its core', value: (100 * spent.host) / wall, unit: '%' },
      { group, name: 'CPU of the host a token', value: (1e6 * spent.host) / tokens, unit: 'µs' },
      { group, name: 'CPU of the client a token', value: (spent.own.user + spent.own.system) / tokens, unit: 'µs' },
      { group, name: 'RSS of the host', value: rssMegabytes(host.pid), unit: 'MB' },
    ];
  } finally {
    await host.stop();
  }
}

function keepsUp(group: string, all: readonly Tokens[]): Figure[] {
  const begin = Math.max(...all.map(({ due }) => due[0]!));
  const end = Math.min(...all.map(({ due }) => due.at(-1)!));
  const lags = (from: number, to: number) => {
    const [least, most] = [begin + from * (end - begin), begin + to * (end - begin)];
    return all
      .flatMap(({ due, at }) => at.map((when, index) => ({ when: due[index]!, lag: when - due[index]! })))
      .filter(({ when }) => when >= least && when <= most)
      .map(({ lag }) => lag);
  };
  const within = (times: readonly number[]) => times.filter((time) => time >= begin + 500 && time <= end).length;
  const arrived = all.reduce((sum, { at }) => sum + within(at), 0);
  const due = all.reduce((sum, one) => sum + within(one.due), 0);
  const whole = lags(0, 1);
  const [first, middle, last] = [lags(0, 0.2), lags(0.4, 0.6), lags(0.8, 1)];
  const lag = (name: string, of: readonly number[], share: number): Figure => ({
    group,
    name: `lag of a token ${name}`,
    value: percentile(of, share),
    unit: 'ms',
  });
  return [
    { group, name: 'tokens due a second', value: due / ((end - begin - 500) / 1_000), unit: '/s' },
    { group, name: 'tokens that arrive, of those due', value: (100 * arrived) / due, unit: '%', limit: { least: 99 } },
    lag('p50', whole, 0.5),
    lag('p95', whole, 0.95),
    lag('p99', whole, 0.99),
    lag('at most', whole, 1),
    lag('p95, first fifth', first, 0.95),
    lag('p95, middle fifth', middle, 0.95),
    lag('p95, last fifth', last, 0.95),
    {
      group,
      name: 'lag p50 at the end beside the middle',
      value: percentile(last, 0.5) / percentile(middle, 0.5),
      unit: '×',
      limit: { most: 1.5 },
    },
  ];
}

function hearAll(connection: AgentConnection, question: Question, turns: number, model?: ModelProcess) {
  const hear = model ? hearModel : hearDemo;
  return Promise.all(Array.from({ length: turns }, () => hear(connection, question)));
}

/** Due is when the model wrote it: what the model is late with is not the host's. */
async function hearModel(connection: AgentConnection, question: Question): Promise<Tokens> {
  const tokens: Tokens = { due: [], at: [] };
  for await (const event of askHost(connection, question)) {
    if (event.type !== 'message.delta') continue;
    const now = sharedNow();
    for (const token of event.text.trimEnd().split(' ')) {
      tokens.due.push(Number(token.slice(token.indexOf('/') + 1)));
      tokens.at.push(now);
    }
  }
  return complete(tokens, question);
}

/** Due is by the schedule. When it began is told by the frame that was made soonest after its last word was due. */
async function hearDemo(connection: AgentConnection, question: Question): Promise<Tokens> {
  const at: number[] = [];
  let begin = Number.POSITIVE_INFINITY;
  for await (const event of askHost(connection, question)) {
    if (event.type !== 'message.delta') continue;
    const now = sharedNow();
    for (const _ of event.text.trimStart().split(' ')) at.push(now);
    begin = Math.min(begin, event.at + wallOffset() - (at.length - 1) * question.pace);
  }
  return complete({ due: at.map((_, index) => begin + index * question.pace), at }, question);
}

function complete(tokens: Tokens, { count }: Question): Tokens {
  if (tokens.at.length !== count) throw new Error(`${tokens.at.length} tokens came, not ${count}`);
  return tokens;
}
