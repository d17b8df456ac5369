import type { ContainerStack } from '../container-stack.ts';
import { type Container, serviceOf } from '../engine.ts';
import { runningRoles } from '../stack-home.ts';

/** A service, all of it or one container: the one that has work (of ingress: that owns /sync). */
export type Target = { readonly service: string; readonly which: 'all' | 'one' };

const WORK = /^surfaces_(?:wakes_running|ingress_active)\{[^}]*\} (\d+)/m;

export async function containersAt(stack: ContainerStack, { service, which }: Target): Promise<Container[]> {
  const all = (await stack.containers()).filter((each) => serviceOf(each) === service);
  if (all.length === 0) throw new Error(`there is no container of ${service}`);
  if (which === 'all' || all.length === 1) return all;
  const work = new Map<number, number>();
  for (const { role, pid, url } of await runningRoles(stack.project)) {
    if (role !== service) continue;
    const metrics = await (await fetch(`${url}/metrics`)).text();
    work.set(pid, Number(WORK.exec(metrics)?.[1] ?? 0));
  }
  const [busiest] = all.toSorted((a, b) => work.get(b.State.Pid)! - work.get(a.State.Pid)!);
  return [busiest!];
}

/** What runs, and as which process: so that one sees what was started again. */
export async function running(stack: ContainerStack): Promise<Map<string, string>> {
  const lasting = (await stack.containers()).filter(({ State }) => State.Status !== 'exited');
  return new Map(lasting.map(({ Name, State, RestartCount }) => [Name, `pid ${State.Pid}, restart ${RestartCount}`]));
}

/** The names of containers that are another process than `before`, or are there no more. */
export async function changedSince(before: Map<string, string>, stack: ContainerStack): Promise<string[]> {
  const now = await running(stack);
  return [...before].flatMap(([name, process]) => (now.get(name) === process ? [] : [name])).toSorted();
}
