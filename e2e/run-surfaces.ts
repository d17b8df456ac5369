import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { untilTrue } from './until-true.ts';

const ROOT = process.env.SURFACES_E2E_ROOT ?? fileURLToPath(new URL('..', import.meta.url));

/** A call of the operator’s CLI that is under way, or over. */
export type Run = {
  readonly child: ChildProcess;
  /** What it has written so far, to stdout and to both. */
  stdout: string;
  output: string;
  /** Its exit code; null where a signal ended it. */
  readonly ended: Promise<number | null>;
  /** Waits until a text was written. */
  until(text: string): Promise<void>;
};

/** `npm run surfaces -- …`, with nothing in its environment but what is given. */
export function runSurfaces(args: readonly string[], environment: Readonly<Record<string, string | undefined>>): Run {
  const child = spawn('sh', [join(ROOT, 'infra/scripts/run.sh'), join(ROOT, 'services/cli/main.ts'), ...args], {
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      TMPDIR: process.env.TMPDIR,
      ...environment,
    } as NodeJS.ProcessEnv,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const run: Run = {
    child,
    stdout: '',
    output: '',
    // `exit`, not `close`: what stays up has inherited the pipes; what was written last may still be on its way.
    ended: new Promise((resolve) => child.once('exit', (code) => setTimeout(() => resolve(code), 100))),
    until: (text) => untilTrue(`“${text}” of ${args.join(' ')}`, () => run.output.includes(text), 60_000),
  };
  child.stdout?.on('data', (data) => {
    run.stdout += data;
    run.output += data;
  });
  child.stderr?.on('data', (data) => {
    run.output += data;
  });
  return run;
}
