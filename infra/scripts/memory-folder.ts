import { readFileSync, statfsSync } from 'node:fs';

const SHARED_MEMORY = '/dev/shm';
/** Three stacks with the files that their tests send, and as much again. */
const ENOUGH_BYTES = 6 * 1024 ** 3;

/** A folder in memory that has room, and from which programs may be run; undefined where there is none. */
export function memoryFolder(): string | undefined {
  try {
    const { bavail, bsize } = statfsSync(SHARED_MEMORY);
    return bavail * bsize >= ENOUGH_BYTES && mayExecute() ? SHARED_MEMORY : undefined;
  } catch {
    return undefined;
  }
}

function mayExecute(): boolean {
  const mounts = readFileSync('/proc/mounts', 'utf8').split('\n');
  const options = mounts.map((line) => line.split(' ')).find(([, folder]) => folder === SHARED_MEMORY)?.[3];
  return options !== undefined && !options.split(',').includes('noexec');
}
