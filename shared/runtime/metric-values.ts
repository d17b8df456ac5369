import { registry } from './metrics.ts';

/**
 * Values by metric and by labels: `code=internal,state=failed`, empty where there are none. `role` is not among them: all are
 * of one process. Buckets and count of a histogram are metrics of their own, as Prometheus has it.
 */
export type MetricValues = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** What this process would tell of some metrics just now; those that it does not have are left out, and so are sums of histograms. */
export async function metricValues(names: readonly string[]): Promise<MetricValues> {
  const values: Record<string, Record<string, number>> = {};
  for (const name of names) {
    const metric = await registry.getSingleMetric(name)?.get();
    for (const { value, labels, metricName = name } of (metric?.values ?? []) as readonly Told[]) {
      if (metricName.endsWith('_sum')) continue;
      values[metricName] ??= {};
      values[metricName][labelText(labels)] = value;
    }
  }
  return values;
}

type Told = {
  readonly value: number;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly metricName?: string;
};

/** Values of labels are words of the code: neither `,` nor `=` is in them (LABEL_VALUE). */
export function labelText(labels: Readonly<Record<string, string | number>>): string {
  const names = Object.keys(labels).filter((name) => name !== 'role');
  return names
    .sort()
    .map((name) => `${name}=${labels[name]}`)
    .join(',');
}

/** There are few texts of labels (see LABELS), and each is asked for often. */
const read = new Map<string, Readonly<Record<string, string>>>();

export function labelsOf(text: string): Readonly<Record<string, string>> {
  const known = read.get(text);
  if (known) return known;
  const parts = text === '' ? [] : text.split(',').map((part) => part.split('=') as [string, string]);
  const labels = Object.fromEntries(parts);
  read.set(text, labels);
  return labels;
}
