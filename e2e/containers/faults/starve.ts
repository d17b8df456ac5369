import { readFileSync } from 'node:fs';
import { untilTrue } from '../../until-true.ts';
import { type Container, call } from '../engine.ts';

const MIB = 1024 ** 2;
/** Below what it has, the kernel may refuse a limit rather than end anybody. */
const STEP = 2 * MIB;
const KILLED_MS = 60_000;

/**
 * Lowers the limit of a container until the kernel ends what runs in it, and puts the limit back, so that it may start again.
 * @throws Error where nothing was killed, or where it was not for memory.
 */
export async function starve({ Id, State, HostConfig }: Container): Promise<undefined> {
  const began = Math.floor(Date.now() / 1000);
  const limitTo = (bytes: number) =>
    call('docker', ['update', '--memory', `${bytes}`, '--memory-swap', `${bytes}`, Id]);
  let limit = residentBytes(State.Pid) + 4 * STEP;
  try {
    await untilTrue(
      'the kernel to end it',
      async () => {
        if (!isAlive(State.Pid)) return true;
        await limitTo(limit).then(
          () => {
            limit -= STEP;
          },
          () => {},
        );
        return !isAlive(State.Pid);
      },
      KILLED_MS,
    );
  } finally {
    await limitTo(HostConfig.Memory);
  }
  const until = String(Math.ceil(Date.now() / 1000) + 1);
  const asked = [
    'events',
    '--since',
    String(began),
    '--until',
    until,
    '--filter',
    `container=${Id}`,
    '--filter',
    'event=oom',
  ];
  if (!(await call('docker', asked)).trim()) throw new Error('it ended, and not for memory');
}

function residentBytes(pid: number): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean);
  return [pid, ...children.map(Number)]
    .map((each) => Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${each}/status`, 'utf8'))?.[1]) * 1024)
    .reduce((sum, each) => sum + each, 0);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
