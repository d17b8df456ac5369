import { UsageError } from './usage-error.ts';

const MOST = 64;

/**
 * `--scale role=n`, any number of them. @param roles those that may be there several times.
 * @throws UsageError that names what is understood.
 */
export function parseScale(pairs: readonly string[], roles: readonly string[]): Record<string, number> {
  return Object.fromEntries(pairs.map((pair) => parsePair(pair, roles)));
}

function parsePair(pair: string, roles: readonly string[]): [string, number] {
  const [, role = '', digits = ''] = /^([^=]*)=(\d{1,6})$/.exec(pair) ?? [];
  const count = Number(digits);
  if (digits === '' || count < 1 || count > MOST)
    throw new UsageError(
      `--scale ${pair} is not role=number with a number from 1 to ${MOST}; for example --scale turn-worker=2`,
    );
  if (!roles.includes(role))
    throw new UsageError(`--scale ${pair}: “${role}” cannot be there several times. These can: ${roles.join(', ')}`);
  return [role, count];
}
