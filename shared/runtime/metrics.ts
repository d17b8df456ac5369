import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** The one door to prom-client. Each process has one registry; metric names begin with `surfaces_`. */
export const registry = new Registry();

/** Between two looks at the event loop's delay; prom-client's own 10 ms cost an idle process half a percent of a core. */
const LOOK_MS = 100;

export function startDefaultMetrics(role: string): void {
  registry.setDefaultLabels({ role });
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: LOOK_MS });
}

export function counter<Label extends string>(
  name: string,
  help: string,
  labelNames: readonly Label[] = [],
): Counter<Label> {
  return new Counter({ name: `surfaces_${name}`, help, labelNames: [...labelNames], registers: [registry] });
}

export function gauge<Label extends string>(
  name: string,
  help: string,
  labelNames: readonly Label[] = [],
): Gauge<Label> {
  return new Gauge({ name: `surfaces_${name}`, help, labelNames: [...labelNames], registers: [registry] });
}

/** Buckets in seconds, from a millisecond to five minutes. */
const SECONDS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

export function histogram<Label extends string>(
  name: string,
  help: string,
  labelNames: readonly Label[] = [],
): Histogram<Label> {
  return new Histogram({
    name: `surfaces_${name}`,
    help,
    labelNames: [...labelNames],
    buckets: SECONDS,
    registers: [registry],
  });
}
