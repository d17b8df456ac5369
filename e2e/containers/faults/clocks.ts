import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { untilTrue } from '../../until-true.ts';
import type { ContainerStack } from '../container-stack.ts';
import { type Container, call } from '../engine.ts';
import { runningRoles } from '../stack-home.ts';
import type { Undo } from './make.ts';

/** Of Debian's package libfaketime, for programs of several threads; it lies in the folder of the machine's architecture. */
export const FAKETIME = readdirSync('/usr/lib')
  .map((folder) => join('/usr/lib', folder, 'faketime/libfaketimeMT.so.1'))
  .find((file) => existsSync(file));

/**
 * Sets the wall clock of a container that clocks.yml was laid over, while it runs, and waits until its process itself tells that time.
 * @param minutes ahead; less than 0: behind.
 */
export async function setClock(stack: ContainerStack, { Id, State }: Container, minutes: number): Promise<Undo> {
  const set = async (to: number) => {
    const sign = to < 0 ? '-' : '+';
    await call('docker', ['exec', Id, 'sh', '-c', `echo '${sign}${Math.abs(to)}m' >/tmp/clock`]);
    const role = (await runningRoles(stack.project)).find(({ pid }) => pid === State.Pid);
    await untilTrue(`its clock to be ${to} minutes ahead`, async () => {
      const { headers } = await fetch(`${role?.url}/live`);
      const ahead = (Date.parse(headers.get('date') ?? '') - Date.now()) / 60_000;
      return Math.abs(ahead - to) < 0.2;
    });
  };
  await set(minutes);
  return () => set(0);
}
