import type { ContainerStack } from '../container-stack.ts';
import { call, serviceOf } from '../engine.ts';

/** A role and how many of it there are. */
export type Scale = Readonly<Record<string, number>>;

const UP = ['up', '--detach', '--no-build', '--no-deps'];

/**
 * Puts the stack's present release in the place of another as docs/DEPLOYMENT.md says, “With Compose”: new containers beside the old ones,
 * which are stopped when the new ones are healthy. `meanwhile` is done while both are there.
 */
export async function exchange(stack: ContainerStack, scale: Scale, meanwhile = async () => {}): Promise<void> {
  const roles = Object.keys(scale);
  const old = (await stack.compose('ps', '--quiet', ...roles)).split('\n').filter(Boolean);
  const both = Object.entries(scale).flatMap(([role, count]) => ['--scale', `${role}=${2 * count}`]);
  await stack.compose(...UP, '--no-recreate', '--wait', ...both, ...roles);
  await meanwhile();
  await call('docker', ['stop', '--time', '12', ...old]);
  await call('docker', ['rm', ...old]);
}

/** The same with a pause: old containers end first. */
export async function replace(stack: ContainerStack, scale: Scale): Promise<void> {
  const counts = Object.entries(scale).flatMap(([role, count]) => ['--scale', `${role}=${count}`]);
  await stack.compose(...UP, ...counts, ...Object.keys(scale));
  await stack.untilReady();
}

/** The images of each role's containers, in the order of their names. */
export async function imagesOf(stack: ContainerStack, scale: Scale): Promise<Record<string, string[]>> {
  const containers = await stack.containers();
  const of = (role: string) => containers.filter((each) => serviceOf(each) === role).map(({ Config }) => Config.Image);
  return Object.fromEntries(Object.keys(scale).map((role) => [role, of(role).toSorted()]));
}
