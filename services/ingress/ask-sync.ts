import { textField } from '../../shared/config/json.ts';
import { SurfacesError } from '../../shared/errors/surfaces-error.ts';
import { isRefusal } from '../../shared/matrix/http-error.ts';
import * as metrics from './ingress-metrics.ts';
import { coldFilter, syncFilter } from './sync-filter.ts';
import type { SyncParts } from './sync-parts.ts';

/** A homeserver that has not answered when the margin is over hangs. */
const POLL = { ms: 30_000, marginMs: 15_000 };
/** The first answer after an outage, or without a token, takes as long as the rooms are many. */
const CATCH_UP_MS = 2 * 60_000;

/** An answer of /sync, and the token to go on from. */
export type Synced = { readonly answer: unknown; readonly to: string };

/** `atOnce`: it is not waited for something to happen. @throws MatrixRefusal where the token is not known any more: `isForgotten`. */
export function askSync(
  parts: SyncParts,
  since: string,
  { atOnce, signal }: { readonly atOnce: boolean; readonly signal: AbortSignal },
): Promise<Synced> {
  const { poll = POLL } = parts;
  const query = { since, filter: syncFilter(parts.self) };
  return atOnce
    ? ask(parts, { ...query, timeout: 0 }, CATCH_UP_MS, signal)
    : ask(parts, { ...query, timeout: poll.ms }, poll.ms + poll.marginMs, signal);
}

/** A token of now and the invitations that wait, and nothing else. */
export function askCold(parts: SyncParts, signal: AbortSignal): Promise<Synced> {
  return ask(parts, { filter: coldFilter(Date.now()), timeout: 0 }, CATCH_UP_MS, signal);
}

/** The homeserver does not know the token: its own database was restored, or the record was made with another account. */
export function isForgotten(error: unknown): boolean {
  return isRefusal(error) && error.status === 400;
}

async function ask(
  { http }: SyncParts,
  query: Readonly<Record<string, string | number>>,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Synced> {
  const answer = await http.request({
    kind: 'sync',
    method: 'GET',
    path: '/_matrix/client/v3/sync',
    query: { set_presence: 'offline', ...query },
    timeoutMs,
    signal,
  });
  metrics.answeredAt.set(Date.now() / 1000);
  const to = textField(answer, 'next_batch');
  if (to === undefined || to === '') throw new SurfacesError('matrix_unavailable', 'GET /sync answers without a token');
  return { answer, to };
}
