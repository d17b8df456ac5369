import type { SyncParts } from './sync-parts.ts';

/**
 * The longest that one call takes is the first answer after an outage, two minutes; a long poll is given up after 45 s. What is
 * silent for longer never comes back: a request whose abort does not end it, a promise that nobody settles.
 */
export const SYNC_MOVES = { unreadyMs: 60_000, endMs: 150_000 };

/** The same parts, whose requests and statements are signs of life when they end, well or not: what fails is told elsewhere. */
export function withSignsOfLife(parts: SyncParts): SyncParts {
  const { http, sql, progress } = parts;
  const watched = <T>(work: Promise<T>) => work.finally(() => progress.moved());
  return {
    ...parts,
    http: { ...http, request: (request) => watched(http.request(request)) },
    sql: (statement, values) => watched(sql(statement, values)),
  };
}
