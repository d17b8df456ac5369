import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { LabelName } from './metric-labels.ts';
import { revision } from './revision.ts';
import { VERSION } from './version.ts';

/** The one door to prom-client. Each process has one registry; metric names begin with `surfaces_`. */
export const registry = new Registry();

/** Between two looks at the event loop's delay; prom-client's own 10 ms cost an idle process half a percent of a core. */
const LOOK_MS = 100;

export function startDefaultMetrics(role: string): void {
  registry.setDefaultLabels({ role });
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: LOOK_MS });
  build.set({ version: VERSION, revision: revision(), node: process.versions.node }, 1);
}

export function counter<Label extends LabelName>(
  name: string,
  help: string,
  labelNames: readonly Label[] = [],
): Counter<Label> {
  return new Counter({ name: `surfaces_${name}`, help, labelNames: [...labelNames], registers: [registry] });
}

/** @param read called at each scrape, for what is there to be looked at; it must cost next to nothing. */
export function gauge<Label extends LabelName>(
  name: string,
  help: string,
  labelNames: readonly Label[] = [],
  read?: (gauge: Gauge<Label>) => void | Promise<void>,
): Gauge<Label> {
  const settings = { name: `surfaces_${name}`, help, labelNames: [...labelNames], registers: [registry] };
  if (!read) return new Gauge(settings);
  return new Gauge({
    ...settings,
    collect() {
      return read(this);
    },
  });
}

const build = gauge('build_info', 'What runs: always 1', ['version', 'revision', 'node']);

/** Buckets in seconds, from a millisecond to five minutes. */
const SECONDS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

export function histogram<Label extends LabelName>(
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
