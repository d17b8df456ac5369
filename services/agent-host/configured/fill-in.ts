import { readFileSync } from 'node:fs';

/** Where values may come from that do not belong into a configuration: `{"$env": "NAME"}`, `{"$file": "/run/secrets/key"}`. */
const SOURCES = ['$env', '$file'] as const;

/**
 * Puts values into the places of a configuration that name where theirs comes from.
 * @param problems what could not be found is added here, with its place; its value is an empty text then.
 */
export function fillIn(
  value: unknown,
  place: readonly string[],
  environment: NodeJS.ProcessEnv,
  problems: string[],
): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((each, at) => fillIn(each, [...place, String(at)], environment, problems));
  const source = SOURCES.find((name) => name in value);
  if (source === undefined)
    return Object.fromEntries(
      Object.entries(value).map(([key, each]) => [key, fillIn(each, [...place, key], environment, problems)]),
    );
  const complain = (what: string) => problems.push(`${place.join('.')} ${what}`);
  const name = (value as Record<string, unknown>)[source];
  if (Object.keys(value).length > 1 || typeof name !== 'string' || name === '')
    complain(`has to be like {"${source}": ${source === '$env' ? '"NAME"' : '"/run/secrets/name"'}} and nothing else`);
  else if (source === '$env') {
    const found = environment[name];
    if (found !== undefined && found !== '') return found;
    complain(`names the variable ${name}, which is not set`);
  } else {
    try {
      return readFileSync(name, 'utf8').trim();
    } catch (error) {
      complain(`names the file ${name}, which cannot be read (${(error as NodeJS.ErrnoException).code})`);
    }
  }
  return '';
}
