import { execFile } from 'node:child_process';
import { setInterval } from 'node:timers';
import type { Readiness } from './health.ts';
import type { Log } from './log.ts';

/**
 * sd_notify(3) wants a datagram on a unix socket, which Node cannot send. systemd's own program can; one call of it takes
 * 5 ms, 4 of them of a core, and comes twice in each watchdog interval.
 */
const PROGRAM = 'systemd-notify';
/** It waits until systemd has read what it said: at once, unless systemd is busy with something else. */
const PATIENCE_MS = 5_000;
/** How old a status may be. Looking costs nothing; only a change is told. */
const LOOK_MS = 2_000;

export type Systemd = {
  /** Says that the process is ending, and why. Never rejects. */
  readonly stopping: (why: string) => Promise<void>;
};

export type NotifyOptions = {
  /** What the process waits for, for `systemctl status`. */
  readonly readiness: Readiness;
  /** False keeps the watchdog's sign of life back, so that systemd restarts the process when its time is over. */
  readonly healthy: () => boolean;
  readonly log: Log;
  readonly environment?: NodeJS.ProcessEnv;
};

/**
 * Tells systemd that the process has started, what it waits for, and that it lives: `WATCHDOG=1` at half of `WATCHDOG_USEC`,
 * from a timer of the event loop, so that a loop that is stuck says nothing. To be called where `NOTIFY_SOCKET` is set. What
 * systemd put into the environment for this is taken out of it: programs that are started later have nothing to say there.
 */
export function notifySystemd({ readiness, healthy, log, environment = process.env }: NotifyOptions): Systemd {
  const { NOTIFY_SOCKET, WATCHDOG_USEC, WATCHDOG_PID } = environment;
  for (const name of ['NOTIFY_SOCKET', 'WATCHDOG_USEC', 'WATCHDOG_PID']) delete environment[name];
  const tell = teller({ PATH: environment.PATH, NOTIFY_SOCKET }, log);

  let told = statusOf(readiness);
  void tell('READY=1', `STATUS=${told}`);
  const look = setInterval(() => {
    const now = statusOf(readiness);
    if (now !== told) void tell(`STATUS=${now}`);
    told = now;
  }, LOOK_MS).unref();

  // Meant for another process where its number is another's.
  const watched = WATCHDOG_USEC !== undefined && [undefined, String(process.pid)].includes(WATCHDOG_PID);
  const beat = watched
    ? setInterval(() => void (healthy() && tell('WATCHDOG=1')), Number(WATCHDOG_USEC) / 1000 / 2).unref()
    : undefined;

  return {
    stopping: async (why) => {
      clearInterval(look);
      clearInterval(beat);
      await tell('STOPPING=1', `STATUS=${why}`);
    },
  };
}

/** One call after the other, so that the last one told is the last one heard. */
function teller(env: NodeJS.ProcessEnv, log: Log): (...lines: string[]) => Promise<void> {
  let last: Promise<void> = Promise.resolve();
  let failed = false;
  const call = (lines: readonly string[]) =>
    new Promise<void>((resolve) => {
      execFile(PROGRAM, lines.map(oneLine), { env, timeout: PATIENCE_MS }, (error) => {
        if (error && !failed)
          log.warn({ err: error }, `${PROGRAM} did not work: systemd does not hear of this process`);
        failed = error !== null;
        resolve();
      });
    });
  return (...lines) => {
    last = last.then(() => call(lines));
    return last;
  };
}

function statusOf(readiness: Readiness): string {
  const reasons = readiness.reasons();
  return reasons.length === 0
    ? 'ready'
    : `not ready: ${reasons.map(({ need, problem }) => `${need}: ${problem}`).join('; ')}`;
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}
