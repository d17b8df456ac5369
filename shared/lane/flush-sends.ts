import { codeOf, describe, SurfacesError } from '../errors/surfaces-error.ts';
import { backoff, sleep } from '../time/time.ts';
import type { LaneLog, PendingSend } from './lane.ts';
import type { Lease } from './lease.ts';

/**
 * Says one thing to the outside, under `send.op` as its idempotency key. Return: it is said. Throw a SurfacesError: with
 * disposition `wait` or `retry` it is tried again, any other error is final. `lost`: nothing may be begun any more.
 */
export type Deliver = (send: PendingSend, lost: AbortSignal) => Promise<void>;

/** What was sent, or given up with its reason, in order. */
export type Sent = { readonly ops: string[]; readonly failures: (string | null)[] };

/**
 * Sends in order, each until it is said or refused for good, as long as the lease is good. A refused one is marked with
 * its reason and passed over, so that a lane is never blocked for ever by what nobody will take.
 */
export async function flushSends(
  lease: Lease,
  sends: readonly Omit<PendingSend, 'attempt'>[],
  deliver: Deliver,
  log: LaneLog,
): Promise<Sent> {
  const sent: Sent = { ops: [], failures: [] };
  for (const send of sends) {
    const outcome = await sendOne(lease, send, deliver, log);
    if (outcome === 'lost') break;
    sent.ops.push(send.op);
    sent.failures.push(outcome);
  }
  return sent;
}

async function sendOne(
  lease: Lease,
  send: Omit<PendingSend, 'attempt'>,
  deliver: Deliver,
  log: LaneLog,
): Promise<string | null | 'lost'> {
  for (let attempt = 0; lease.valid(); attempt += 1) {
    try {
      await deliver({ ...send, attempt }, lease.lost);
      return null;
    } catch (error) {
      if (error instanceof SurfacesError && error.disposition !== 'permanent') {
        await sleep(Math.max(error.retryAfterMs ?? 0, backoff(attempt, 100, 5_000)), lease.lost);
        continue;
      }
      log.error({ err: error, code: codeOf(error), lane: lease.lane, op: send.op }, 'a send was refused for good');
      return `${codeOf(error)}: ${describe(error)}`.slice(0, 1_000);
    }
  }
  return 'lost';
}
