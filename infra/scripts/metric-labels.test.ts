import { expect, test } from 'vitest';
import { LABELS } from '../../shared/runtime/metric-labels.ts';
import { PROJECT_ROOT } from '../../shared/stack/project-root.ts';
import { isTestCode } from './architecture-rules.ts';
import { metricsOf } from './generated-docs.ts';
import { readSources } from './source-tree.ts';

const sources = new Map(
  [...readSources(PROJECT_ROOT)].filter(
    ([path]) => /^(shared|services)\//.test(path) && !isTestCode(path) && path !== 'shared/runtime/metrics.ts',
  ),
);

test('no metric has a label beside those whose values are few', () => {
  const strange = metricsOf(sources).flatMap(({ name, labels }) =>
    labels.filter((label) => !(label in LABELS)).map((label) => `${name}: ${label}`),
  );
  expect(strange).toEqual([]);
});

test('none escapes the look, and none is made twice', () => {
  const makers = [...sources].filter(([, source]) => source.includes("/metrics.ts'"));
  const made = makers.flatMap(([path, source]) =>
    [...source.matchAll(/(?:= |^|\s)(?:counter|gauge|histogram)\(/gm)].map(() => path),
  );
  const found = metricsOf(sources);
  expect(found.map(({ path }) => path).sort()).toEqual(made.sort());
  expect(new Set(found.map(({ name }) => name)).size).toBe(found.length);
});
