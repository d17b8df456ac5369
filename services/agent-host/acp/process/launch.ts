import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import type { AcpSettings } from '../acp-settings.ts';
import { agentEnvironment } from './agent-environment.ts';
import { killGroupAfterUs, signalGroup } from './process-group.ts';

/** Characters of stderr that are kept. */
const TAIL = 8_000;

/** A program that runs in a process group of its own. */
export type Launched = {
  readonly pid: number | undefined;
  readonly stdin: Writable;
  readonly stdout: Readable;
  /** Settles when the program has ended and all of its group was killed, or when it could not be started. In words. */
  readonly exited: Promise<string>;
  /** The newest of what it wrote to stderr. */
  readonly stderr: () => string;
  /** Asks it to end, and makes it end after `graceMs`; 0 kills at once. */
  readonly end: (graceMs: number) => Promise<void>;
};

/** Starts the agent's program. Never throws for a program that cannot be started: that is in `exited`. */
export function launch(settings: Pick<AcpSettings, 'command' | 'env' | 'home'>): Launched {
  const [program = '', ...args] = settings.command;
  const { home } = settings;
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const child = spawn(program, args, { cwd: home, env: agentEnvironment(settings), detached: true, stdio: 'pipe' });
  const { pid } = child;
  const guard = pid === undefined ? undefined : killGroupAfterUs(pid);
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-TAIL);
  });
  // A program that ends while it is written to is told by its end.
  child.stdin.on('error', () => {});
  const exited = new Promise<string>((resolve) => {
    child.once('error', ({ message }) => resolve(message));
    child.once('exit', (code, signal) => {
      guard?.();
      // Children that it left behind have no parent that could end them.
      signalGroup(pid!, 'SIGKILL');
      resolve(signal ? `was ended by ${signal}` : `ended with exit code ${code}`);
    });
  });
  return {
    pid,
    stdin: child.stdin,
    stdout: child.stdout,
    exited,
    stderr: () => stderr,
    async end(graceMs) {
      if (pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
      signalGroup(pid, graceMs > 0 ? 'SIGTERM' : 'SIGKILL');
      const late = setTimeout(() => signalGroup(pid, 'SIGKILL'), graceMs);
      await exited;
      clearTimeout(late);
    },
  };
}
