import { readdir, readFile } from 'node:fs/promises';

/**
 * Bytes of memory (resident) that a process and all processes below it take; pages that they share count for each.
 * @returns undefined where there is no /proc, and for a process that is gone.
 */
export async function treeMemory(root: number): Promise<number | undefined> {
  const names = await readdir('/proc').catch(() => []);
  const processes = await Promise.all(names.filter((name) => /^\d+$/.test(name)).map(look));
  const children = Map.groupBy(
    processes.filter((found) => found !== undefined),
    ({ parent }) => parent,
  );
  const self = processes.find((found) => found?.pid === root);
  if (!self) return undefined;
  const sum = (pid: number): number =>
    (children.get(pid) ?? []).reduce((bytes, child) => bytes + child.bytes + sum(child.pid), 0);
  return self.bytes + sum(root);
}

/** proc(5): of `stat`, the parent is field 4 and the resident pages are field 24; the name in field 2 may hold anything. */
async function look(name: string): Promise<{ pid: number; parent: number; bytes: number } | undefined> {
  try {
    const stat = await readFile(`/proc/${name}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { pid: Number(name), parent: Number(fields[1]), bytes: Number(fields[21]) * PAGE };
  } catch {
    return undefined;
  }
}

/** Of x64 and nearly all of arm64; Node does not tell it. */
const PAGE = 4096;
