import { spawn } from 'node:child_process';

/** Sends a signal to all processes of a group; a group that is gone is fine. */
export function signalGroup(leader: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-leader, signal);
  } catch (error) {
    // macOS says EPERM of a group that has nobody alive in it.
    if (!['ESRCH', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

/**
 * Kills a group of processes when this process is gone, even by SIGKILL: a shell waits for the end of its stdin, which nobody
 * but us holds open. In a session of its own, so that what ends us does not end it; 1 MB.
 * @returns calls the watch off.
 */
export function killGroupAfterUs(leader: number): () => void {
  const script = 'read -r _; kill -s KILL -- "-$1"';
  const guard = spawn('/bin/sh', ['-c', script, 'sh', String(leader)], {
    env: {},
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  // Without a shell an agent still sees the end of its own stdin.
  guard.on('error', () => {});
  guard.stdin.on('error', () => {});
  guard.unref();
  return () => void guard.kill('SIGKILL');
}
