import { spawn } from 'node:child_process';
import { SurfacesError } from '../errors/surfaces-error.ts';

export type Command = {
  readonly file: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  readonly uid?: number;
  readonly gid?: number;
};

/** The end of a command's output that is kept, in characters: enough to see what went wrong. */
const TAIL = 4_000;

/**
 * Runs a program to its end and gives what it wrote (the last 4,000 characters of stdout and stderr together).
 * @throws SurfacesError `bringup_failed` with the end of the output, also when the program does not exist.
 */
export async function runCommand(command: Command, signal?: AbortSignal): Promise<string> {
  const child = spawn(command.file, [...command.args], {
    env: command.env ?? process.env,
    cwd: command.cwd,
    uid: command.uid,
    gid: command.gid,
    signal,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const keep = (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-TAIL);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const what = [command.file, ...command.args].join(' ').slice(0, 200);
  return new Promise((resolve, reject) => {
    child.once('error', (error) => reject(new SurfacesError('bringup_failed', `${what}: ${error.message}`)));
    child.once('close', (code, killedBy) => {
      if (code === 0) resolve(output);
      else reject(new SurfacesError('bringup_failed', `${what} ended with ${killedBy ?? code}\n${output.trim()}`));
    });
  });
}
