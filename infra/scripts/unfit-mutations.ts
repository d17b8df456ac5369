import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

const FUNCTION = /CREATE (?:OR REPLACE )?FUNCTION (\w+)/g;

/**
 * Mutations that break nothing any more, whose tests therefore prove nothing: their text is gone or stands there twice, or
 * it is in a function of the database that a later migration defines again.
 * @returns a line for each.
 */
export function unfitMutations(root: string, mutations: readonly { readonly file: string; readonly find: string }[]) {
  return mutations.flatMap(({ file, find }) => {
    const path = join(root, file);
    if (!existsSync(path)) return [`${file} is not there any more`];
    const [before, ...rest] = readFileSync(path, 'utf8').split(find);
    const what = find.split('\n')[0];
    if (rest.length !== 1) return [`${file} holds ${rest.length} times, not once: ${what}`];
    if (basename(file) !== 'migration.sql') return [];
    const name = [...before!.matchAll(FUNCTION)].at(-1)?.[1];
    const later = name && laterMigrations(path).find((sql) => definesAgain(sql, name));
    return later ? [`${file} is out of use: a later migration defines ${name} again, without: ${what}`] : [];
  });
}

function laterMigrations(path: string): string[] {
  const folder = dirname(dirname(path));
  const later = readdirSync(folder).filter((name) => name > basename(dirname(path)) && !name.endsWith('.toml'));
  return later.map((name) => readFileSync(join(folder, name, 'migration.sql'), 'utf8'));
}

function definesAgain(sql: string, name: string): boolean {
  return [...sql.matchAll(FUNCTION)].some(([, defined]) => defined === name);
}
