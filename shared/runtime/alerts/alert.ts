/** `critical`: people notice it now. `warning`: they will, or some do. */
export type Severity = 'critical' | 'warning';

/**
 * One thing that an operator is to be told. Prometheus gets it as a rule (infra/prometheus/surfaces.alerts.yml is written from
 * here); whoever shows the state of a stack by other means measures the same and asks `isAmiss`, and uses the same words.
 */
export type Alert = {
  readonly name: `Surfaces${string}`;
  readonly severity: Severity;
  /** What is measured, for people: “seconds since …”. */
  readonly measure: string;
  /** The same as PromQL, without the comparison. Every series of it that is amiss is an alarm of its own. */
  readonly query: string;
  /** A further condition, as PromQL that joins the comparison: so much must have happened before a share says anything. */
  readonly and?: string;
  readonly is: 'above' | 'below';
  readonly threshold: number;
  /** How long it has to be so. */
  readonly forMinutes: number;
  /** What is wrong, in one sentence. */
  readonly summary: string;
  /** What people notice, and what goes on by itself. */
  readonly notice: string;
  /** What to do first. */
  readonly first: string;
  /** A heading of docs/OPERATIONS.md. */
  readonly heading: string;
};

/** Whether a measured value is one that the alert is about, if it stays so. */
export function isAmiss({ is, threshold }: Pick<Alert, 'is' | 'threshold'>, value: number): boolean {
  return is === 'above' ? value > threshold : value < threshold;
}

/** The whole condition as PromQL. */
export function conditionOf({ query, is, threshold, and }: Alert): string {
  const compared = `(${query}) ${is === 'above' ? '>' : '<'} ${threshold}`;
  return and === undefined ? compared : `(${compared}) and ${and}`;
}
