import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { withDeadline } from '../../../shared/time/time.ts';
import type { StdioServer } from './mcp-server.ts';

/** All that a server sees of our environment: our own keys stand there too. */
const INHERITED = ['PATH', 'HOME', 'LANG', 'TMPDIR'] as const;

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

/** A server’s process and all that it starts, in a group of their own, so that they can be ended together. */
export class ProcessGroup {
  readonly child: Child;
  /** How it ended, as a sentence about it. Never rejects. */
  readonly ended: Promise<string>;
  #isEnded = false;

  private constructor(child: Child) {
    this.child = child;
    this.ended = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        this.#isEnded = true;
        // What it started has nobody to talk to any more, and would hold its pipes open.
        this.#send('SIGKILL');
        resolve(signal ? `it was ended by ${signal}` : `it ended with code ${code}`);
      });
    });
  }

  /** @throws the system’s error when it cannot be started. */
  static async start({ command, args = [], env = {}, cwd }: StdioServer): Promise<ProcessGroup> {
    const child = spawn(command, [...args], {
      cwd,
      env: { ...inheritedEnvironment(), ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
    });
    const group = new ProcessGroup(child);
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', reject);
    });
    // Later ones are of signals that could not be sent.
    child.on('error', () => {});
    return group;
  }

  /** Asks it to end, makes it end after `graceMs`, and returns when it is gone and was waited for. */
  async stop(graceMs: number): Promise<void> {
    this.child.stdin.end();
    if (!this.#isEnded) this.#send('SIGTERM');
    const late = () => new Error('it does not end');
    await withDeadline(this.ended, graceMs, late).catch(() => this.#send('SIGKILL'));
    await this.ended;
  }

  #send(signal: NodeJS.Signals): void {
    try {
      if (this.child.pid !== undefined) process.kill(-this.child.pid, signal);
    } catch {
      // Nobody is left in the group.
    }
  }
}

function inheritedEnvironment(): Record<string, string> {
  const found = INHERITED.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]]));
  return Object.fromEntries(found);
}
