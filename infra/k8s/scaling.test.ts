import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { JOB_STATES } from '../../shared/queue/queue-counts.ts';
import { QUEUES } from '../../shared/queue/queues.ts';
import { PROJECT_ROOT } from '../../shared/stack/project-root.ts';
import { metricsOf } from '../scripts/generated-docs.ts';
import { readSources } from '../scripts/source-tree.ts';
import { builtWith, type Manifest, ofKind } from './testing/built.ts';
import { STACKS, why } from './testing/stacks.ts';

const hasPromtool = spawnSync('promtool', ['--version']).status === 0;
const byQueue = (): Manifest => ofKind('ScaledObject', STACKS.get('production, by its queue')!)[0];
const query = (): string => byQueue().spec.triggers[0].metadata.query;

describe.skipIf(STACKS.size === 0)(`scaling in Kubernetes${why ? ` (skipped: ${why})` : ''}`, () => {
  test.each([...STACKS])('%s: one autoscaler has the number of turn workers, and nothing else has', (_, manifests) => {
    const scalers = [...ofKind('HorizontalPodAutoscaler', manifests), ...ofKind('ScaledObject', manifests)];
    expect(scalers).toHaveLength(1);
    const { name } = scalers[0].spec.scaleTargetRef;
    const target = ofKind('Deployment', manifests).find(({ metadata }) => metadata.name === name);
    expect(target.spec.replicas).toBeUndefined();
  });

  test('both at once are refused by kustomize', () => {
    const one = '- ../../components/scale-by-cpu';
    const both = `${one}\n  - ../../components/scale-by-queue`;
    expect(() => builtWith('production', one, both)).toThrow('replicas');
  });

  test('the age of the queue is measured, by the names that there are, of this stack', () => {
    const told = metricsOf(readSources(PROJECT_ROOT));
    for (const [, name] of query().matchAll(/\b(surfaces_[a-z_]+)/g))
      expect(told.map((each) => each.name)).toContain(name);
    expect(QUEUES).toContain(/queue="(\w+)"/.exec(query())![1]);
    expect(JOB_STATES).toContain(/state="(\w+)"/.exec(query())![1]);
    const jobs = [...query().matchAll(/job="([^"]+)"/g)].map(([, job]) => job);
    expect([...new Set(jobs)]).toEqual([byQueue().metadata.labels['app.kubernetes.io/instance']]);
  });

  test.skipIf(!hasPromtool).each([
    ['messages wait for workers', '0+15x20', '3x20', 225],
    ['a message was old for a moment, between two turns', '0x18 400 0x1', '3x20', 0],
    ['what waits is no turn', '0+15x20', '0x20', 0],
    ['nothing is measured', '_x20', '_x20', undefined],
  ])('%s (promtool; skipped where Prometheus is not installed)', (_, age, jobs, expected) => {
    const folder = mkdtempSync(join(tmpdir(), 'surfaces-query-'));
    const samples = expected === undefined ? '[]' : `[{ labels: '{}', value: ${expected} }]`;
    const file = join(folder, 'query.yml');
    writeFileSync(
      file,
      `evaluation_interval: 15s
tests:
  - interval: 15s
    input_series:
      - { series: 'surfaces_lane_oldest_idle_seconds{job="surfaces"}', values: '${age}' }
      - { series: 'surfaces_lane_oldest_idle_seconds{job="surfaces-staging"}', values: '9000x20' }
      - { series: 'surfaces_queue_jobs{job="surfaces", queue="turns", state="wait"}', values: '${jobs}' }
      - { series: 'surfaces_queue_jobs{job="surfaces", queue="commands", state="wait"}', values: '5x20' }
    promql_expr_test:
      - { expr: ${JSON.stringify(query())}, eval_time: 285s, exp_samples: ${samples} }
`,
    );
    try {
      expect(spawnSync('promtool', ['test', 'rules', file], { encoding: 'utf8' })).toMatchObject({
        status: 0,
        stderr: '',
      });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test.each([...STACKS])(
    '%s: the alerts are those of infra/prometheus, over the jobs that are scraped',
    (_, manifests) => {
      const files = ['surfaces.rules.yml', 'surfaces.alerts.yml'].map((name) =>
        readFileSync(join(PROJECT_ROOT, 'infra/prometheus', name), 'utf8'),
      );
      const [rule] = ofKind('PrometheusRule', manifests);
      expect(rule.spec.groups).toEqual(files.flatMap((file) => parse(file).groups));
      const [monitor] = ofKind('ServiceMonitor', manifests);
      const [service, ...more] = ofKind('Service', manifests).filter(({ metadata }) =>
        Object.entries(monitor.spec.selector.matchLabels).every(([key, value]) => metadata.labels[key] === value),
      );
      expect(more).toEqual([]);
      expect(service.spec.publishNotReadyAddresses).toBe(true);
      expect(service.metadata.labels[monitor.spec.jobLabel]).toMatch(/^surfaces/);
    },
  );
});
