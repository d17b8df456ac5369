import { describe, expect, test } from 'vitest';
import { architectureProblems } from './architecture.ts';
import { importsOf } from './imports.ts';

const problemsOf = (sources: Record<string, string>) => architectureProblems(new Map(Object.entries(sources)));

describe('the architecture', () => {
  test('holds for imports that go down, through doors', () => {
    expect(
      problemsOf({
        'shared/errors/codes.ts': '',
        'shared/time/time.ts': "import { a } from '../errors/codes.ts';",
        'shared/queue/redis.ts': "import { Redis } from 'ioredis';\nimport { a } from '../time/time.ts';",
        'shared/delivery/work.ts': "import { a } from '../queue/redis.ts';\nimport { join } from 'node:path';",
        'services/ingress/main.ts': "import { a } from '../../shared/delivery/work.ts';",
        'services/ingress/main.test.ts': "import { test } from 'vitest';\nimport { a } from '../../e2e/proxy.ts';",
        'e2e/proxy.ts': "import { a } from '../services/ingress/main.ts';",
      }),
    ).toEqual([]);
  });

  test.each([
    ['up', 'shared/queue/a.ts', '../delivery/b.ts', 'shared/delivery/b.ts', 'imports go down only'],
    ['up to a service', 'shared/queue/a.ts', '../../services/ops/b.ts', 'services/ops/b.ts', 'imports go down only'],
    ['to a neighbour', 'shared/queue/a.ts', '../store/b.ts', 'shared/store/b.ts', 'never import each other'],
    ['between services', 'services/ops/a.ts', '../ingress/b.ts', 'services/ingress/b.ts', 'never import each other'],
    ['to what tests use', 'services/ops/a.ts', './test-b.ts', 'services/ops/test-b.ts', 'for tests only'],
    ['from the unknown', 'shared/new/a.ts', '../ids/b.ts', 'shared/ids/b.ts', 'has no row'],
  ])('breaks by an import %s', (_, path, target, there, problem) => {
    for (const form of [`import { b } from '${target}';`, `export type { B } from '${target}';`]) {
      expect(problemsOf({ [path]: `\n${form}`, [there]: '' })).toEqual([expect.stringContaining(problem)]);
      expect(problemsOf({ [path]: `\n${form}`, [there]: '' })[0]).toContain(`${path}:2`);
    }
    expect(problemsOf({ [path]: `const b = await import('${target}');`, [there]: '' })).toHaveLength(1);
  });

  test('breaks by a package beside its door, without one, or of tests', () => {
    expect(problemsOf({ 'shared/lane/a.ts': "import pg from 'pg';" })).toEqual([
      expect.stringContaining('shared/store/postgres.ts'),
    ]);
    expect(problemsOf({ 'shared/lane/a.ts': "import x from '@left/pad/deep';" })).toEqual([
      expect.stringContaining('without a door'),
    ]);
    expect(problemsOf({ 'shared/lane/a.ts': "import { test } from 'vitest';" })).toEqual([
      expect.stringContaining('for tests only'),
    ]);
  });

  test('breaks by a cycle, also of types, and by an import of nothing', () => {
    const cycle = {
      'shared/lane/a.ts': "import type { B } from './b.ts';",
      'shared/lane/b.ts': "import {\n  c,\n} from './c.ts';",
      'shared/lane/c.ts': "import './a.ts';",
    };
    expect(problemsOf(cycle)).toEqual([
      'import cycle: shared/lane/a.ts → shared/lane/b.ts → shared/lane/c.ts → shared/lane/a.ts',
    ]);
    expect(problemsOf({ 'shared/lane/a.ts': "import './gone.ts';" })).toEqual([expect.stringContaining('not there')]);
  });

  test.each(['shared/lane/utils.ts', 'shared/lib/a.ts', 'shared/lane/index.ts', 'shared/lane/laneStop.ts'])(
    'breaks by the name %s',
    (path) => {
      expect(problemsOf({ [path]: '' })).toHaveLength(1);
    },
  );

  test('breaks by a file that is too long, unless it is a test', () => {
    const long = 'a;\n'.repeat(400);
    expect(problemsOf({ 'shared/lane/a.ts': long })).toEqual([expect.stringContaining('400 lines')]);
    expect(problemsOf({ 'shared/lane/a.test.ts': long })).toEqual([]);
  });
});

test('code in a text is no import', () => {
  expect(importsOf("const script = `import('./a.ts')`;\nconst line = \"import b from 'c'\";")).toEqual([]);
});
