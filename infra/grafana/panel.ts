/** A query: PromQL, and what its series are called. `$job` is the stack; `$__rate_interval` is Grafana's. */
export type Query = readonly [expr: string, legend: string];

export type Panel = {
  readonly title: string;
  /** What is seen, and what is usual, in plain words. */
  readonly description: string;
  /** Of Grafana: `s`, `short`, `bytes`, `percentunit`, `reqps`, … */
  readonly unit: string;
  readonly queries: readonly Query[];
  /** One number instead of a course. */
  readonly number?: true;
  /** From which value on it is red; `below`: under which. */
  readonly red?: { readonly above: number } | { readonly below: number };
  /** Why it may show nothing in a stack that is well. */
  readonly mayBeEmpty?: string;
};

export type Row = { readonly title: string; readonly panels: readonly Panel[] };

/** `what` each second, added up by labels. */
export function each(metric: string, by: string, more = ''): string {
  return `sum by (${by}) (rate(${metric}{job="$job"${more && `,${more}`}}[$__rate_interval]))`;
}

/** A quantile of a histogram. */
export function quantile(q: number, metric: string, by = '', more = ''): string {
  const labels = by === '' ? 'le' : `${by}, le`;
  return `histogram_quantile(${q}, ${each(`${metric}_bucket`, labels, more)})`;
}

/** The current value of a gauge that one role measures for all: several processes of it say the same. */
export function now(metric: string, by = '', more = ''): string {
  const grouped = by === '' ? '' : `by (${by}) `;
  return `max ${grouped}(${metric}{job="$job"${more && `,${more}`}})`;
}
