import { posix } from 'node:path';
import { VARIABLES, type VariableName } from '../../shared/config/variables.ts';
import { importsOf } from './imports.ts';

/**
 * Which variables each role reads, by the code's own imports: those whose names stand as texts in a module that its
 * `main.ts` comes to. The modules that describe variables are no readers of them.
 */
export function roleVariables(sources: ReadonlyMap<string, string>): Map<string, VariableName[]> {
  const mains = [...sources].filter(
    ([path, source]) => /^services\/[^/]+\/main\.ts$/.test(path) && /\brunRole\(/.test(source),
  );
  return new Map(
    mains.map(([main]) => {
      const names = namesIn([...reachable(main, sources)].map((path) => sources.get(path)!));
      return [main.split('/')[1]!, names];
    }),
  );
}

function namesIn(modules: readonly string[]): VariableName[] {
  const quoted = new Set(
    modules.flatMap((source) => [...source.matchAll(/'([A-Z][A-Z_]+)'/g)].map(([, name]) => name)),
  );
  return (Object.keys(VARIABLES) as VariableName[]).filter((name) => quoted.has(name));
}

function reachable(main: string, sources: ReadonlyMap<string, string>): Set<string> {
  const found = new Set<string>([main]);
  for (const path of found) {
    // Types are gone when it runs.
    const source = sources.get(path)!.replaceAll(/^import type [^;]*;$/gm, '');
    for (const { target } of importsOf(source)) {
      const inside = posix.join(posix.dirname(path), target);
      if (target.startsWith('.') && sources.has(inside) && !inside.startsWith('shared/config/')) found.add(inside);
    }
  }
  return found;
}
