import { expect, test } from 'vitest';
import { VARIABLES } from '../../shared/config/variables.ts';
import { ERROR_CODES } from '../../shared/errors/codes.ts';
import { PROJECT_ROOT } from '../../shared/stack/project-root.ts';
import { configurationTable } from './configuration-doc.ts';
import { errorTable } from './errors-doc.ts';
import { metricsTable } from './generated-docs.ts';
import { readSources } from './source-tree.ts';

const sources = readSources(PROJECT_ROOT);

test('every error code and every variable has a row', () => {
  const rows = (page: string) => [...page.matchAll(/^\| `([^`]+)`/gm)].map((match) => match[1]);
  expect(rows(errorTable())).toEqual(Object.keys(ERROR_CODES));
  expect(rows(configurationTable(sources))).toEqual(Object.keys(VARIABLES));
});

test('metrics are found as the sources register them', () => {
  const source = `const a = counter('wakes_total', 'Wakes; all of them', ['queue', 'x']);\nconst b = histogram(\n  'turn_seconds',\n  'parts of a turn',\n);`;
  const page = metricsTable(new Map([['shared/queue/wakes.ts', source]]));
  expect(page).toContain(
    '| `surfaces_wakes_total` | counter | `queue`, `x` | Wakes; all of them | `shared/queue/wakes.ts` |',
  );
  expect(page).toContain('| `surfaces_turn_seconds` | histogram |  | parts of a turn | `shared/queue/wakes.ts` |');
});
