import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { sleep } from '../../../shared/time/time.ts';
import { RawClient } from './raw-client.ts';

/** From the end of the command to a host that greets. */
const LISTENS_MS = 60_000;
const PAUSE_MS = 100;

/** Kills the host and starts it again by the operator’s command, and comes back when it greets. */
export async function restartByCommand(command: string, url: string, token: string): Promise<void> {
  // A host in the background would keep a pipe of this process open after its end.
  const child = spawn(command, { shell: true, stdio: 'ignore' });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`the restart command ended with ${code}; run it by hand to see why`);
  const until = performance.now() + LISTENS_MS;
  for (;;) {
    try {
      (await RawClient.greeted(url, token)).cut();
      return;
    } catch (error) {
      if (performance.now() > until) throw error;
      await sleep(PAUSE_MS);
    }
  }
}
