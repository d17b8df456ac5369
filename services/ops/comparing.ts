import type { Env } from '../../shared/config/read-env.ts';
import type { Environment } from '../../shared/config/variables.ts';
import { whoami } from '../../shared/matrix/account.ts';
import { createMatrixHttp } from '../../shared/matrix/http.ts';
import { type Comparison, compare } from '../../shared/reconcile/run-reconcile.ts';
import type { Database } from '../../shared/store/postgres.ts';
import type { RunKind } from '../../shared/store/reconcile-runs.ts';

const NAMES = ['MATRIX_HOMESERVER_URL', 'MATRIX_ACCESS_TOKEN'] as const;

/** Looks at what a reconciliation would find now. @throws SurfacesError `matrix_unavailable`, `matrix_token_invalid`. */
export type Compare = (kind: RunKind, signal: AbortSignal) => Promise<Comparison>;

/** What the page reads of an environment to show a plan: nothing where it is not given the bot's token, which it can do without. */
export function comparingVariables(environment: Environment): readonly (typeof NAMES)[number][] {
  return NAMES.every((name) => environment[name] || environment[`${name}_FILE`]) ? NAMES : [];
}

/** `compare`: null where the page has no token. */
export function openComparing(
  { MATRIX_HOMESERVER_URL: baseUrl, MATRIX_ACCESS_TOKEN: accessToken }: Partial<Env<(typeof NAMES)[number]>>,
  database: Database,
): { readonly compare: Compare | null; close(): Promise<void> } {
  if (baseUrl === undefined || accessToken === undefined) return { compare: null, close: async () => {} };
  const http = createMatrixHttp({ baseUrl, accessToken });
  return {
    compare: async (kind, signal) => compare(kind, { database, http, self: (await whoami(http)).userId, signal }),
    close: () => http.close(),
  };
}
