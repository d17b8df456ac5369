import { execFileSync } from 'node:child_process';
import type { Command } from './run-command.ts';

/** `nobody` of every Unix. */
const NOBODY = 65_534;
/**
 * The one power that is left: to pass through folders that only root may enter, because the clone, and in it the
 * server's own program, may lie in one.
 */
const SETPRIV = [
  `--reuid=${NOBODY}`,
  `--regid=${NOBODY}`,
  '--clear-groups',
  '--inh-caps=+dac_override',
  '--ambient-caps=+dac_override',
];
let setprivWorks: boolean | undefined;

/** The user that an unprivileged command runs as, where that is not the present one. */
export function unprivilegedUser(): number | undefined {
  return process.getuid?.() === 0 ? NOBODY : undefined;
}

/** Postgres refuses to run as root: the same command as an ordinary user, where we are root. */
export function unprivileged(command: Command): Command {
  if (unprivilegedUser() === undefined) return command;
  setprivWorks ??= trySetpriv();
  if (setprivWorks) return { ...command, file: 'setpriv', args: [...SETPRIV, command.file, ...command.args] };
  return { ...command, uid: NOBODY, gid: NOBODY };
}

function trySetpriv(): boolean {
  try {
    execFileSync('setpriv', [...SETPRIV, 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
