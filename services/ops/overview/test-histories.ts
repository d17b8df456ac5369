import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Presence, Processes, Vanished } from '../../../shared/queue/presence.ts';
import { TOLD } from '../../../shared/queue/told-metrics.ts';
import { labelText } from '../../../shared/runtime/metric-values.ts';
import { PROJECT_ROOT } from '../../../shared/stack/project-root.ts';
import { addedSince, type Counted, countedBy, gatherValues, type Sample, statesOf } from './sample.ts';

/** A history that Prometheus's rules are tested with, and what is to fire when. */
export type TestHistory = {
  readonly name: string;
  readonly samples: readonly Sample[];
  readonly expected: readonly { readonly atMs: number; readonly firing: Readonly<Record<string, number>> }[];
};

type Series = {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly values: readonly (number | null)[];
};

const STEP_MS = 15_000;
/** Which process a series is of, as Prometheus has it. */
const PROCESS_LABELS = ['process', 'instance', 'role'];

/** The tests of infra/prometheus/tests, told by processes instead of scraped from them. */
export function testHistories(): TestHistory[] {
  const folder = join(PROJECT_ROOT, 'infra/prometheus/tests');
  return globSync('*.yml', { cwd: folder }).flatMap((file) =>
    readFileSync(join(folder, file), 'utf8').split('  - name: ').slice(1).map(historyOf),
  );
}

function historyOf(text: string): TestHistory {
  const series = [...text.matchAll(/series: '(\w+)\{(.*)\}'\n\s+values: '(.*)'/g)].map(
    ([, name = '', labels = '', values = '']): Series => ({
      name,
      labels: Object.fromEntries([...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, label, value]) => [label, value])),
      values: values.split(' ').flatMap(expanded),
    }),
  );
  const expected = text
    .split('- expr: ')
    .slice(1)
    .map((part) => ({
      atMs: milliseconds(/eval_time: (\S+)/.exec(part)![1]!),
      firing: Object.fromEntries(
        [...part.matchAll(/alertname="(\w+)"\}'\n\s+value: (\d+)/g)].map(([, name, count]) => [name, Number(count)]),
      ),
    }));
  return {
    name: text.split('\n')[0]!,
    samples: samplesOf(series.filter(({ labels }) => labels.job === 'surfaces')),
    expected,
  };
}

function samplesOf(series: readonly Series[]): Sample[] {
  const length = Math.max(0, ...series.map(({ values }) => values.length));
  let before: Counted | undefined;
  return Array.from({ length }, (_, index) => {
    const at = index * STEP_MS;
    const processes = processesAt(series, index, at);
    const counted = countedBy(processes);
    const added = before ? addedSince(before, at - STEP_MS, counted) : {};
    before = counted;
    const known = series.some(({ name }) => name === 'up');
    const values = { ...gatherValues(processes), ...measuredAt(series, index) };
    return { at, until: at, known, values, added, processes: statesOf(processes) };
  });
}

function processesAt(series: readonly Series[], index: number, at: number): Processes {
  const isTold = ({ name }: Series) => !isMeasured(name);
  const groups = Object.groupBy(series.filter(isTold), ({ labels }) =>
    PROCESS_LABELS.map((each) => labels[each]).join(),
  );
  const all = Object.entries(groups).map(([instance, own = []]): Presence | Vanished => {
    const named = (wanted: string) => own.find(({ name }) => name === wanted)?.values[index] ?? undefined;
    const name = { role: 'role', instance, host: 'host', pid: 1 };
    if (named('up') === 0) return { ...name, seen: at };
    const metrics: Record<string, Record<string, number>> = {};
    for (const each of own) {
      const value = each.values[index] ?? null;
      if (value === null || !(baseOf(each.name) in TOLD)) continue;
      metrics[each.name] = { ...metrics[each.name], [seriesText(each)]: value };
    }
    return {
      ...name,
      ...{ version: '', revision: '', at, draining: false, cpuShare: 0, rssBytes: 0, metrics },
      started: (named('process_start_time_seconds') ?? 0) * 1000,
      reasons: named('surfaces_ready') === 0 ? [{ need: 'friend', problem: 'away', since: '' }] : [],
      lagSeconds: named('nodejs_eventloop_lag_p99_seconds') ?? 0,
    };
  });
  return {
    there: all.filter((each) => 'metrics' in each),
    vanished: all.filter((each) => 'seen' in each),
  };
}

/** What the page measures itself, whoever else tells it. */
function measuredAt(series: readonly Series[], index: number): Record<string, Record<string, number>> {
  const values: Record<string, Record<string, number>> = {};
  for (const each of series.filter(({ name }) => isMeasured(name)))
    values[each.name] = { ...values[each.name], [seriesText(each)]: each.values[index] ?? 0 };
  return values;
}

function isMeasured(name: string): boolean {
  return /^surfaces_(lane|queue)_/.test(name);
}

function baseOf(name: string): string {
  return name.replace(/_(bucket|count)$/, '');
}

function seriesText({ labels }: Series): string {
  const own = Object.entries(labels).filter(([label]) => label !== 'job' && !PROCESS_LABELS.includes(label));
  return labelText(Object.fromEntries(own.map(([label, value]) => [label.replace('exported_', ''), value])));
}

/** `5`, `0+3x20` (one more than twenty), `_x60` (sixty times nothing). */
function expanded(notation: string): (number | null)[] {
  const [, start = '', step = '0', times] = /^(_|[\d.]+)(?:\+([\d.]+))?(?:x(\d+))?$/.exec(notation)!;
  if (start === '_') return Array.from({ length: Number(times ?? 1) }, () => null);
  return Array.from({ length: Number(times ?? 0) + 1 }, (_, index) => Number(start) + index * Number(step));
}

function milliseconds(text: string): number {
  const [, minutes = '0', seconds = '0'] = /^(?:(\d+)m)?(?:(\d+)s)?$/.exec(text)!;
  return Number(minutes) * 60_000 + Number(seconds) * 1000;
}
