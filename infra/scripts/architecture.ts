import { posix } from 'node:path';
import {
  DOORS,
  EMPTY_NAMES,
  isTestCode,
  LONGEST_FILE,
  NEIGHBOURLY_ROWS,
  ROWS,
  TEST_PACKAGES,
} from './architecture-rules.ts';
import { importsOf } from './imports.ts';

/** Every breach of the architecture in a tree, given as path → source: one line each, with what to do. */
export function architectureProblems(sources: ReadonlyMap<string, string>): string[] {
  const problems: string[] = [];
  const graph = new Map<string, string[]>();
  for (const [path, source] of sources) {
    problems.push(...nameProblems(path, source));
    const targets: string[] = [];
    for (const { target, line } of importsOf(source)) {
      const at = `${path}:${line}`;
      if (target.startsWith('node:')) continue;
      const inside = target.startsWith('.') ? posix.join(posix.dirname(path), target) : undefined;
      if (inside !== undefined && !inside.startsWith('prisma/generated')) {
        if (!sources.has(inside)) problems.push(`${at} imports ${inside}, which is not there`);
        targets.push(inside);
        const problem = directionProblem(path, inside);
        if (problem) problems.push(`${at} imports ${inside}: ${problem}`);
      } else {
        const problem = doorProblem(path, inside ? 'prisma/generated' : packageOf(target));
        if (problem) problems.push(`${at} imports ${target}: ${problem}`);
      }
    }
    graph.set(path, targets);
  }
  return [...problems, ...cycles(graph).map((cycle) => `import cycle: ${cycle.join(' → ')}`)];
}

function nameProblems(path: string, source: string): string[] {
  const problems: string[] = [];
  for (const part of path.split('/')) {
    const name = part.replace(/(\.(test|config))?\.(ts|mjs|d\.ts)$/, '');
    if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name)) problems.push(`${path}: “${part}” is not kebab-case`);
    if (EMPTY_NAMES.includes(name)) problems.push(`${path}: “${part}” says nothing; name it after what it holds`);
  }
  const lines = source.split('\n').length - 1;
  if (lines > LONGEST_FILE && !isTestCode(path))
    problems.push(`${path} has ${lines} lines: split it (more than ${LONGEST_FILE})`);
  return problems;
}

/** Where a path stands: a row of `shared`, above it the services, above all the tools. */
function placeOf(path: string): { row: number; folder: string } {
  const [top = '', folder = ''] = path.split('/');
  if (top === 'shared') return { row: ROWS.findIndex((row) => row.includes(folder)), folder };
  if (top === 'services') return { row: ROWS.length, folder };
  return { row: ROWS.length + 1, folder: top };
}

function directionProblem(from: string, to: string): string | undefined {
  const here = placeOf(from);
  const there = placeOf(to);
  if (here.row === -1) return `shared/${here.folder} has no row in infra/scripts/architecture-rules.ts`;
  if (there.row === -1) return `shared/${there.folder} has no row in infra/scripts/architecture-rules.ts`;
  const outermost = ROWS.length + 1;
  if (here.row === outermost || isTestCode(from)) return undefined;
  if (isTestCode(to)) return 'it is there for tests only';
  if (there.row > here.row) return 'imports go down only';
  if (there.row < here.row || there.folder === here.folder || NEIGHBOURLY_ROWS.includes(here.row)) return undefined;
  return here.row === ROWS.length
    ? 'services never import each other'
    : 'neighbours of this row never import each other';
}

function doorProblem(from: string, name: string): string | undefined {
  if (TEST_PACKAGES.includes(name)) {
    const allowed = isTestCode(from) || from === 'vitest.config.ts' || from.startsWith('infra/scripts/test');
    return allowed ? undefined : 'a package for tests only';
  }
  const door = DOORS[name];
  if (!door) return 'a package without a door; give it one in infra/scripts/architecture-rules.ts';
  return from === door ? undefined : `its one door is ${door}`;
}

function packageOf(target: string): string {
  return target
    .split('/')
    .slice(0, target.startsWith('@') ? 2 : 1)
    .join('/');
}

/** One cycle for each way back that a walk in depth finds. */
function cycles(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const found: string[][] = [];
  const done = new Set<string>();
  const walk = (path: string, above: readonly string[]): void => {
    const at = above.indexOf(path);
    if (at >= 0) {
      found.push([...above.slice(at), path]);
      return;
    }
    if (done.has(path)) return;
    for (const next of graph.get(path) ?? []) walk(next, [...above, path]);
    done.add(path);
  };
  for (const path of graph.keys()) walk(path, []);
  return found;
}
