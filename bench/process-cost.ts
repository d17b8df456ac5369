import { readFileSync } from 'node:fs';

/** Clock ticks of /proc a second: 100 on every Linux that Node runs on. */
const TICKS = 100;
/** Of what follows the name (proc(5)): utime and stime, then cutime and cstime. */
const UTIME = 11;
const OWN = 2;
const OF_ENDED = 2;

/** Seconds of CPU that processes have used, user and system, those of their ended children not included. */
export function cpuSeconds(...pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + seconds(pid, OWN), 0);
}

/** The same of one process, and of its children that have ended. */
export function cpuSecondsWithEnded(pid: number): number {
  return seconds(pid, OWN + OF_ENDED);
}

function seconds(pid: number, counted: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name in brackets may hold anything; the fields are counted from behind it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields.slice(UTIME, UTIME + counted).reduce((sum, field) => sum + Number(field), 0) / TICKS;
}

export function rssMegabytes(pid: number): number {
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
}

export function parentOf(pid: number): number {
  return Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
}
