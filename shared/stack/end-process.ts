import { sleep } from '../time/time.ts';
import { isAlive, type ProcessIdentity } from './process-identity.ts';

/**
 * Asks a process to end, and makes it end after `graceMs`. It need not be a child of ours.
 * @returns how it went: it was gone already, it ended by itself, or it had to be killed.
 */
export async function endProcess(
  identity: ProcessIdentity,
  signal: NodeJS.Signals,
  graceMs: number,
): Promise<'gone' | 'ended' | 'killed'> {
  if (!isAlive(identity)) return 'gone';
  send(identity.pid, signal);
  if (await gone(identity, graceMs)) return 'ended';
  send(identity.pid, 'SIGKILL');
  // What the kernel holds in a call (a stuck disk) outlives even SIGKILL for a while.
  await gone(identity, 5_000);
  return 'killed';
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

async function gone(identity: ProcessIdentity, withinMs: number): Promise<boolean> {
  const deadline = Date.now() + withinMs;
  while (isAlive(identity)) {
    if (Date.now() >= deadline) return false;
    await sleep(20);
  }
  return true;
}
