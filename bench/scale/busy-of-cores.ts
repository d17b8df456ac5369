import { readFileSync } from 'node:fs';

/** Of all cores of the machine, whatever they worked on; in clock ticks since it was started. */
export type Busy = { readonly worked: number; readonly all: number; readonly share: number };

/** @param since an earlier reading: `share`, 0 to 1, is of the time from then on. */
export function busyOfCores(since: Pick<Busy, 'worked' | 'all'> = { worked: 0, all: 0 }): Busy {
  const fields = /^cpu +(.*)$/m.exec(readFileSync('/proc/stat', 'utf8'))![1]!.split(' ').slice(0, 8).map(Number);
  const all = fields.reduce((sum, ticks) => sum + ticks, 0);
  // Idle, and waiting for a disk.
  const worked = all - fields[3]! - fields[4]!;
  return { worked, all, share: (worked - since.worked) / (all - since.all) };
}
