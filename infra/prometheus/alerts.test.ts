import { execFile, spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { conditionOf, isAmiss } from '../../shared/runtime/alerts/alert.ts';
import { ALERTS } from '../../shared/runtime/alerts/alerts.ts';
import { anchorOf } from '../../shared/runtime/alerts/runbook.ts';
import { PROJECT_ROOT } from '../../shared/stack/project-root.ts';
import { ROWS } from '../grafana/rows.ts';
import { metricsOf } from '../scripts/generated-docs.ts';
import { readSources } from '../scripts/source-tree.ts';
import { targetsOf } from './targets.ts';

const HERE = join(PROJECT_ROOT, 'infra/prometheus');
const testFiles = globSync('tests/*.yml', { cwd: HERE }).map((path) => join(HERE, path));
const hasPromtool = spawnSync('promtool', ['--version']).status === 0;

describe.skipIf(!hasPromtool)('promtool (skipped where Prometheus is not installed)', () => {
  /** What it says where it finds something. */
  const promtool = (...args: string[]) =>
    new Promise<string>((resolve) => {
      execFile('promtool', args, (error, stdout, stderr) => resolve(error ? stdout + stderr : ''));
    });

  test('reads the example and its rules', async () => {
    expect(await promtool('check', 'config', join(HERE, 'prometheus.yml'))).toBe('');
  });

  // Seconds of CPU: on a machine with other work it takes its time.
  test('each alert fires when it has to, and only then', { timeout: 120_000 }, async () => {
    expect(await promtool('test', 'rules', ...testFiles)).toBe('');
  });
});

test('for each alert there is a test in which it fires, and a moment before in which it does not', () => {
  const groups = testFiles.flatMap((path) => readFileSync(path, 'utf8').split('  - name: ').slice(1));
  const unproven = ALERTS.map(({ name }) => name).filter(
    (name) =>
      !groups.some(
        (group) =>
          group.startsWith(`${name}\n`) && /exp_samples: \[\].*alertname=/s.test(group) && group.includes(`"${name}"`),
      ),
  );
  expect(unproven).toEqual([]);
});

test('what to do stands under a heading of the page for operators', () => {
  const page = readFileSync(join(PROJECT_ROOT, 'docs/OPERATIONS.md'), 'utf8');
  const headings = new Set([...page.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading)));
  const lost = ALERTS.map(({ heading }) => heading).filter((heading) => !headings.has(anchorOf(heading)));
  expect([...new Set(lost)]).toEqual([]);
});

test('alerts, rules and panels ask for nothing that no role tells', () => {
  const told = new Set(metricsOf(readSources(PROJECT_ROOT)).map(({ name }) => name));
  const asked = [
    ...ALERTS.map(conditionOf),
    readFileSync(join(HERE, 'surfaces.rules.yml'), 'utf8'),
    ...ROWS.flatMap(({ panels }) => panels.flatMap(({ queries }) => queries.map(([expr]) => expr))),
  ];
  const unknown = asked
    .flatMap((text) => [...text.matchAll(/\bsurfaces_[a-z0-9_]+/g)])
    .map(([name]) => name)
    .filter((name) => !told.has(name) && !told.has(name.replace(/_(bucket|count|sum)$/, '')));
  expect([...new Set(unknown)]).toEqual([]);
});

test('what is recorded is asked for, and the other way round', () => {
  const names = (text: string, pattern: RegExp) =>
    [...new Set([...text.matchAll(pattern)].map(([, name]) => name))].sort();
  const recorded = names(readFileSync(join(HERE, 'surfaces.rules.yml'), 'utf8'), /record: (\S+)/g);
  expect(names(ALERTS.map(conditionOf).join(' '), /\b(surfaces:[a-z0-9_:]+)/g)).toEqual(recorded);
});

test.each([
  ['above', 60, 61, true],
  ['above', 60, 60, false],
  ['below', 1, 0, true],
  ['below', 1, 1, false],
] as const)('%s %d: %d is amiss: %s', (is, threshold, value, amiss) => {
  expect(isAmiss({ is, threshold }, value)).toBe(amiss);
});

test('each process of a stack is a target', () => {
  const role = { role: 'ingress', index: 2, pid: 1, url: 'http://127.0.0.1:1234' };
  expect(targetsOf({ roles: [role] })).toEqual([{ targets: ['127.0.0.1:1234'], labels: { process: 'ingress-2' } }]);
});
