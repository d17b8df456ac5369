import { sleep } from '../time/time.ts';
import type { Database } from './postgres.ts';

const BEAT_MS = 1_000;
const KEY = "hashtext('reconcile'), hashtext(current_schema())";

/**
 * Held by a session of its own, which Postgres ends when it is idle for 3 s: a process that was killed loses the lock at
 * once, one that hangs or is cut off within 3 s. To take a lock again that one holds succeeds, so that one statement takes
 * it and finds out whether it is still there.
 */
const TAKE = {
  name: 'reconcile_lock',
  text: `SELECT set_config('idle_session_timeout', '3s', false), set_config('tcp_keepalives_idle', '2', false),
    pg_try_advisory_lock(${KEY}) AS mine`,
};
const HELD = {
  name: 'reconcile_lock_held',
  text: `SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 2
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND classid = (hashtext('reconcile')::bigint & 4294967295)::oid
      AND objid = (hashtext(current_schema())::bigint & 4294967295)::oid) AS held`,
};

/**
 * Does `work` while no other process does its own: one comparison at a time over all processes.
 * @param session a database of exactly one connection, used for nothing else; closed in the end.
 * @param work is given a signal that aborts when the lock is lost: another one may be at work then.
 * @returns false where another process holds the lock.
 */
export async function withRunLock(session: Database, work: (lost: AbortSignal) => Promise<void>): Promise<boolean> {
  const done = new AbortController();
  const lost = new AbortController();
  try {
    const [row] = await session.run<{ mine: boolean }>(TAKE);
    if (!row?.mine) return false;
    const beating = beat(session, lost, done.signal);
    try {
      await work(lost.signal);
    } finally {
      done.abort();
      await beating;
    }
    return true;
  } finally {
    await session.close();
  }
}

/** Whether a process, any one, compares now. */
export async function isRunAtWork(database: Database): Promise<boolean> {
  const [row] = await database.run<{ held: boolean }>(HELD);
  return row?.held ?? false;
}

async function beat(session: Database, lost: AbortController, done: AbortSignal): Promise<void> {
  while (await sleep(BEAT_MS, done)) {
    try {
      const [row] = await session.run<{ mine: boolean }>(TAKE);
      if (row?.mine) continue;
    } catch {
      // The session is gone, and the lock with it.
    }
    return lost.abort();
  }
}
