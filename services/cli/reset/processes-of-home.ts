import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readJson } from '../../../shared/stack/atomic-file.ts';
import type { RunNote } from '../../../shared/stack/keeper.ts';
import { isAlive } from '../../../shared/stack/process-identity.ts';
import type { StackHome } from '../../../shared/stack/stack-home.ts';
import { supervisorOf } from '../../../shared/stack/supervisor-file.ts';
import { Refused } from './refused.ts';

/** Embedded servers without a supervisor are what a killed reset has left: they serve nobody. */
const SERVERS = new Set(['postgres', 'redis', 'synapse']);

/**
 * That no supervisor and no role of this home is alive; asked while the lock of `up` is held, so that none comes.
 * @throws Refused
 */
export function checkHomeIsDown(home: StackHome): void {
  const supervisor = supervisorOf(home);
  if (supervisor)
    throw new Refused(`the stack in ${home.root} is running (pid ${supervisor.pid}). Run \`npm run down\` first.`);
  const roles = notesOf(home).filter((note) => !SERVERS.has(note.name) && isAlive(note));
  if (roles.length === 0) return;
  const names = roles.map(({ name, pid }) => `${name} (pid ${pid})`).join(', ');
  throw new Refused(`of the stack in ${home.root} there still run: ${names}. Run \`npm run down\` first.`);
}

function notesOf({ run }: StackHome): RunNote[] {
  if (!existsSync(run)) return [];
  const files = readdirSync(run).filter((name) => name.endsWith('.pid.json'));
  return files.flatMap((name) => readJson<RunNote>(join(run, name)) ?? []);
}
