import type { Asks } from './crowd.ts';
import type { Target } from './targets.ts';

/** What is done; `cut` from a server, by its port; `unplug` takes a container out of its networks; `clock` is the wall clock. */
export type Kind = 'nothing' | 'kill -9' | 'docker kill' | 'pause' | 'cut' | 'unplug' | 'out of memory' | 'clock';

export type Case = {
  readonly fault: Kind;
  readonly at: readonly Target[];
  readonly from?: keyof typeof PORTS;
  /** By how much a clock is ahead. */
  readonly minutes?: number;
  /** For how long, in ms, where it does not end by itself. */
  readonly lasts?: number;
  /** What is asked as it begins is answered while it lasts. */
  readonly goesOn?: true;
  /** Codes with which an answer may end. */
  readonly mayEnd?: readonly string[];
  readonly asks?: Asks;
  /** Without SURFACES_TEST_FAULTS=all, only these: one for each promise that differs. */
  readonly always?: true;
};

export const PORTS = { redis: 6379, postgres: 5432, synapse: 8008, 'agent-host': 7700 } as const;

const PAUSE_MS = 20_000;
/** Longer than a lease, and than a connection is believed that says nothing. */
const CUT_MS = 15_000;
const KILLED_MS = 8_000;
const WRONG_MS = 5_000;

const one = (service: string): Target => ({ service, which: 'one' });
const all = (service: string): Target => ({ service, which: 'all' });
const asksOf = (service: string): Asks =>
  service === 'command-worker' ? 'command' : service === 'attachment-worker' ? 'file' : 'question';
const INTERRUPTED = ['interrupted'];

const SMALL = ['command-worker', 'attachment-worker', 'reconcile-worker', 'ops'];
/** Whose role another container has as well. */
const TWICE = ['turn-worker', 'ingress', 'command-worker'];
const SERVERS = ['redis', 'postgres', 'synapse'];

const kills: Case[] = [
  { fault: 'kill -9', at: [one('turn-worker')], always: true },
  { fault: 'kill -9', at: [one('ingress')], always: true },
  { fault: 'kill -9', at: SMALL.map(all), asks: 'command', always: true },
  { fault: 'kill -9', at: [one('agent-host')], mayEnd: INTERRUPTED, always: true },
  { fault: 'kill -9', at: [all('redis'), all('postgres')], always: true },
  { fault: 'kill -9', at: [all('synapse')], always: true },
  ...[...SMALL, 'redis', 'postgres'].map((role): Case => ({ fault: 'kill -9', at: [all(role)], asks: asksOf(role) })),
  { fault: 'kill -9', at: ['turn-worker', 'ingress', ...SMALL].map(all) },
];

const stopped = { fault: 'docker kill', lasts: KILLED_MS } as const;
const dockerKills: Case[] = [
  { ...stopped, at: [one('turn-worker'), one('ingress')], goesOn: true, always: true },
  { ...stopped, at: [all('redis'), all('postgres')] },
  { ...stopped, at: [all('synapse')] },
  { ...stopped, at: [all('agent-host')], mayEnd: INTERRUPTED },
];

const paused = { fault: 'pause', lasts: PAUSE_MS } as const;
const pauses: Case[] = [
  { ...paused, at: TWICE.map(one), goesOn: true, always: true },
  { ...paused, at: ['attachment-worker', 'reconcile-worker', 'ops'].map(all), goesOn: true },
  ...['agent-host', ...SERVERS].map((role): Case => ({ ...paused, at: [all(role)] })),
];

const isCut = { fault: 'cut', lasts: CUT_MS } as const;
const cuts: Case[] = [
  { ...isCut, at: [one('turn-worker')], from: 'postgres', goesOn: true, always: true },
  { ...isCut, at: [all('turn-worker')], from: 'agent-host', always: true },
  { ...isCut, at: [all('ingress')], from: 'synapse', always: true },
  ...['turn-worker', 'command-worker', 'ingress', 'attachment-worker', 'reconcile-worker', 'ops'].flatMap((role) =>
    (['redis', 'postgres', 'synapse', 'agent-host'] as const)
      .filter((from) => from !== 'agent-host' || role === 'command-worker')
      .map((from): Case => ({ ...isCut, at: [all(role)], from, asks: asksOf(role) })),
  ),
  { fault: 'unplug', lasts: CUT_MS, at: [one('turn-worker')], goesOn: true, always: true },
  ...['redis', 'postgres', 'agent-host'].map((role): Case => ({ fault: 'unplug', lasts: CUT_MS, at: [all(role)] })),
];

const memory: Case[] = [
  { fault: 'out of memory', at: [one('turn-worker')], always: true },
  { fault: 'out of memory', at: [one('ingress')] },
  { fault: 'out of memory', at: [all('agent-host')], mayEnd: INTERRUPTED },
];

const wrong = { fault: 'clock', lasts: WRONG_MS, goesOn: true } as const;
/** That clocks.yml is laid over. */
export const WITH_CLOCK = [
  'turn-worker',
  'ingress',
  'agent-host',
  'command-worker',
  'attachment-worker',
  'reconcile-worker',
];
const clocks = WITH_CLOCK.flatMap((role) =>
  [10, -10].map((minutes): Case => {
    const asks = role === 'turn-worker' || role === 'agent-host' ? 'permission' : asksOf(role);
    const always = role === 'turn-worker' || role === 'ingress' ? { always: true as const } : {};
    return { ...wrong, at: [one(role)], minutes, asks, ...always };
  }),
);

const chosen = (cases: readonly Case[]) =>
  cases.filter(({ always }) => always || process.env.SURFACES_TEST_FAULTS === 'all');

/** In the order of the table. */
export const CASES = chosen(
  [{ fault: 'nothing', at: [], always: true }, kills, dockerKills, pauses, cuts, memory].flat() as Case[],
);
/** For containers that clocks.yml was laid over. */
export const CLOCKS = chosen(clocks);

/** As the table says it. */
export function wordsOf({ fault, at, from, minutes }: Case): { fault: string; target: string } {
  const names = at.map(({ service, which }) =>
    which === 'one' && TWICE.includes(service) ? `one ${service}` : service,
  );
  const target = [names.join(', '), from && `from ${from}`].filter(Boolean).join(' ');
  const by = minutes === undefined ? '' : ` ${Math.abs(minutes)} minutes ${minutes > 0 ? 'ahead' : 'behind'}`;
  return { fault: fault + by, target };
}
