import { labelsOf } from '../../../shared/runtime/metric-values.ts';
import type { Sample } from './sample.ts';

/** Samples up to one of them, which is “now”. Never empty. */
export type Window = { readonly samples: readonly Sample[]; readonly last: number };

type Labels = Readonly<Record<string, string>>;

export function sampleOf({ samples, last }: Window): Sample {
  return samples[last]!;
}

/** A gauge by the value of one of its labels; undefined where nobody tells it. */
export function valuesBy(window: Window, metric: string, label: string): Record<string, number> {
  const series = sampleOf(window).values[metric] ?? {};
  return Object.fromEntries(Object.entries(series).map(([labels, value]) => [labelsOf(labels)[label] ?? '', value]));
}

/** A gauge without labels, or the sum over them. */
export function gaugeOf(window: Window, metric: string): number | undefined {
  const series = sampleOf(window).values[metric];
  return series && Object.values(series).reduce((sum, value) => sum + value, 0);
}

/** What a counter has grown by within the last minutes, by the value of one of its labels. */
export function addedBy(
  { samples, last }: Window,
  metric: string,
  minutes: number,
  label: string,
  where: (labels: Labels) => boolean = () => true,
): Record<string, number> {
  const sums: Record<string, number> = {};
  const from = samples[last]!.until - minutes * 60_000;
  for (let index = last; index >= 0 && samples[index]!.at > from; index -= 1)
    for (const [text, value] of Object.entries(samples[index]!.added[metric] ?? {})) {
      const labels = labelsOf(text);
      const key = labels[label] ?? '';
      if (where(labels)) sums[key] = (sums[key] ?? 0) + value;
    }
  return sums;
}

/** The same over all labels. */
export function added(window: Window, metric: string, minutes: number, where?: (labels: Labels) => boolean): number {
  return Object.values(addedBy(window, metric, minutes, '', where)).reduce((sum, value) => sum + value, 0);
}

/**
 * A quantile of what a histogram was given within the last minutes, in its own unit: within its bucket it is taken to be spread
 * evenly, as Prometheus has it. Undefined where it was given nothing.
 */
export function quantile(
  window: Window,
  share: number,
  metric: string,
  minutes: number,
  where: (labels: Labels) => boolean,
): number | undefined {
  const buckets = Object.entries(addedBy(window, `${metric}_bucket`, minutes, 'le', where))
    .map(([le, count]) => ({ le: le === '+Inf' ? Number.POSITIVE_INFINITY : Number(le), count }))
    .sort((one, other) => one.le - other.le);
  const all = buckets.at(-1)?.count ?? 0;
  if (all === 0) return undefined;
  const rank = share * all;
  const index = buckets.findIndex(({ count }) => count >= rank);
  const { le, count } = buckets[index]!;
  const below = buckets[index - 1] ?? { le: 0, count: 0 };
  if (le === Number.POSITIVE_INFINITY) return below.le;
  return below.le + ((le - below.le) * (rank - below.count)) / (count - below.count);
}

const remembered = new WeakMap<object, WeakMap<Sample, unknown>>();

/**
 * `measure` of a window, worked out once: what came before a sample does not change, and a page is made anew every few seconds.
 * @param what is measured: one and the same object each time.
 */
export function onceFor<T>(what: object, window: Window, measure: (window: Window) => T): T {
  const known = remembered.get(what) ?? new WeakMap<Sample, unknown>();
  remembered.set(what, known);
  const sample = sampleOf(window);
  if (!known.has(sample)) known.set(sample, measure(window));
  return known.get(sample) as T;
}
