import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { readJson } from './atomic-file.ts';
import { endProcess } from './end-process.ts';
import type { RunNote } from './keeper.ts';
import type { StackHome } from './stack-home.ts';

const GRACE_MS = 10_000;

/** Ends what a supervisor that was killed left running, roles before the servers that they use. @returns the names. */
export async function clearLeftovers(home: StackHome): Promise<string[]> {
  const files = readdirSync(home.run).filter((name) => name.endsWith('.pid.json'));
  const notes = files.flatMap((name) => readJson<RunNote>(join(home.run, name)) ?? []);
  const servers = new Set(['postgres', 'redis', 'synapse']);
  const ended: string[] = [];
  for (const wave of [notes.filter(({ name }) => !servers.has(name)), notes.filter(({ name }) => servers.has(name))]) {
    await Promise.all(
      wave.map(async (note) => {
        if ((await endProcess(note, note.stopSignal, GRACE_MS)) !== 'gone') ended.push(note.name);
      }),
    );
  }
  for (const name of files) rmSync(join(home.run, name), { force: true });
  return ended;
}
