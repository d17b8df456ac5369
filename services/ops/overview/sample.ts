import type { Presence, Processes } from '../../../shared/queue/presence.ts';
import { TOLD } from '../../../shared/queue/told-metrics.ts';
import type { MetricValues } from '../../../shared/runtime/metric-values.ts';

/** One process at one time: 1 where it answers, is ready, has its Redis; how late its event loop is; since when it runs. */
export type ProcessState = {
  readonly up: 0 | 1;
  readonly ready: 0 | 1;
  readonly redis: 0 | 1;
  readonly lag: number;
  readonly started: number;
};

/** The state of the whole stack at one time, in epoch milliseconds. */
export type Sample = {
  readonly at: number;
  /** Until when `added` was counted: before `at`, where nothing was counted since the sample before. */
  readonly until: number;
  /** Whether Redis told who is there; without it only this process is known. */
  readonly known: boolean;
  /** Gauges of all processes together, and what was measured of Postgres and Redis, under the names that /metrics has. */
  readonly values: MetricValues;
  /** What counters have grown by since the sample before; what has not grown is left out. */
  readonly added: MetricValues;
  readonly processes: Readonly<Record<string, ProcessState>>;
};

/** What each process had counted at the last sample, by its name. */
export type Counted = Readonly<Record<string, { readonly started: number; readonly metrics: MetricValues }>>;

/** The name of a process that stays the same when it is started again. */
export function nameOf({ role, instance, host }: { role: string; instance: string; host: string }): string {
  return `${instance.startsWith(role) ? instance : `${role} ${instance}`} on ${host}`;
}

/** Who is there and who has vanished. A process that was drained or stopped with a word is not among them. */
export function statesOf({ there, vanished }: Processes): Record<string, ProcessState> {
  const gone = vanished.map(
    (each) => [nameOf(each), { up: 0, ready: 0, redis: 0, lag: 0, started: 0 } satisfies ProcessState] as const,
  );
  const here = there.map((each) => {
    const connected = each.metrics.surfaces_redis_connected?.[''] ?? 1;
    const state: ProcessState = {
      up: 1,
      ready: problemsOf(each).length === 0 ? 1 : 0,
      redis: connected === 1 ? 1 : 0,
      lag: Number(each.lagSeconds.toFixed(3)),
      started: each.started,
    };
    return [nameOf(each), state] as const;
  });
  return Object.fromEntries([...gone, ...here]);
}

/** The gauges of all processes, each gathered as its metric wants. */
export function gatherValues({ there }: Processes): Record<string, Record<string, number>> {
  const all: Record<string, Record<string, number>> = {};
  for (const { metrics } of there)
    for (const [name, series] of Object.entries(metrics)) {
      const how = TOLD[name];
      if (how === undefined || how === 'added') continue;
      all[name] ??= {};
      for (const [labels, value] of Object.entries(series)) {
        const known = all[name][labels];
        all[name][labels] = known === undefined ? value : how === 'sum' ? known + value : Math[how](known, value);
      }
    }
  return all;
}

/** The counters of each process as they stand. */
export function countedBy({ there }: Processes): Counted {
  return Object.fromEntries(
    there.map((each) => {
      const counters = Object.entries(each.metrics).filter(([name]) => isCounted(name));
      return [nameOf(each), { started: each.started, metrics: Object.fromEntries(counters) }] as const;
    }),
  );
}

/**
 * What was counted since `before` (taken at `since`), over all processes. A process that was not there then has counted all of it
 * since, if it is younger than that; what one counted that is gone by now is lost.
 */
export function addedSince(before: Counted, since: number, now: Counted): MetricValues {
  const all: Record<string, Record<string, number>> = {};
  for (const [process, { started, metrics }] of Object.entries(now)) {
    const earlier = before[process]?.started === started ? before[process] : undefined;
    if (!earlier && started <= since) continue;
    for (const [name, series] of Object.entries(metrics))
      for (const [labels, value] of Object.entries(series)) {
        const grown = value - (earlier?.metrics[name]?.[labels] ?? 0);
        if (grown <= 0) continue;
        all[name] ??= {};
        all[name][labels] = (all[name][labels] ?? 0) + grown;
      }
  }
  return all;
}

/** Buckets and count of a histogram are counted as it is. */
function isCounted(name: string): boolean {
  return (TOLD[name] ?? TOLD[name.replace(/_(bucket|count)$/, '')]) === 'added';
}

/** Why a process is not ready, but for what an operator wanted so. */
export function problemsOf({ reasons, draining }: Pick<Presence, 'reasons' | 'draining'>): Presence['reasons'] {
  return draining ? reasons.filter(({ need }) => need !== 'work') : reasons;
}
