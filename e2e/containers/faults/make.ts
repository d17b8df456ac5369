import { readFileSync } from 'node:fs';
import { untilTrue } from '../../until-true.ts';
import { type Container, call } from '../engine.ts';

/** Ends what a fault did. */
export type Undo = () => Promise<void>;

const FROZEN_MS = 20_000;
const docker = (...args: string[]) => call('docker', args);

/** The process itself: docker kill would be an operator's act, after which nothing is started again. */
export async function killProcess({ State }: Container): Promise<undefined> {
  process.kill(realProcess(State.Pid), 'SIGKILL');
}

/** Under `init: true` the first process only starts and reaps. */
function realProcess(pid: number): number {
  if (readFileSync(`/proc/${pid}/comm`, 'utf8').trim() !== 'docker-init') return pid;
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ')[0]);
}

export async function kill({ Id }: Container): Promise<Undo> {
  await docker('kill', Id);
  return async () => void (await docker('start', Id));
}

export async function pause({ Id }: Container): Promise<Undo> {
  // With cgroups of the first version, one that is busy may escape a try.
  await untilTrue('it to be frozen', async () => docker('pause', Id).then(() => true), FROZEN_MS);
  return async () => void (await docker('unpause', Id));
}

/** Packets to and from a port vanish, as of a cable that is cut: nobody is told, connections stay open. */
export async function cut({ State }: Container, port: number): Promise<Undo> {
  const rules = [
    ['OUTPUT', '--dport'],
    ['INPUT', '--sport'],
  ] as const;
  const all = async (act: '-I' | '-D') => {
    for (const [chain, which] of rules) {
      const rule = [chain, '-p', 'tcp', which, String(port), '-j', 'DROP'];
      await call('nsenter', ['-t', String(State.Pid), '-n', 'iptables', '-w', act, ...rule]);
    }
  };
  await all('-I');
  return () => all('-D');
}

/** Out of all its networks, and back under its names, perhaps with another address. */
export async function unplug({ Id, NetworkSettings }: Container): Promise<Undo> {
  const networks = Object.entries(NetworkSettings.Networks);
  for (const [network] of networks) await docker('network', 'disconnect', network, Id);
  return async () => {
    for (const [network, { Aliases }] of networks) {
      const names = (Aliases ?? []).flatMap((name) => ['--alias', name]);
      await docker('network', 'connect', ...names, network, Id);
    }
  };
}

/** No space left in a folder: only for a small one. */
export async function fill({ Id }: Container, folder: string): Promise<Undo> {
  const write = `dd if=/dev/zero of=${folder}/.filler bs=64k 2>/dev/null; dd if=/dev/zero of=${folder}/.filler-2 bs=1 2>/dev/null; true`;
  await docker('exec', Id, 'sh', '-c', write);
  return async () => void (await docker('exec', Id, 'rm', '-f', `${folder}/.filler`, `${folder}/.filler-2`));
}
