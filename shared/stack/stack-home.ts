import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { PROJECT_ROOT } from './project-root.ts';

/** Where everything of one stack lies: data, logs, pid files. Two stacks have two homes and never meet. */
export type StackHome = {
  readonly root: string;
  readonly stackFile: string;
  readonly kept: string;
  readonly run: string;
  readonly logs: string;
  readonly events: string;
  readonly wanted: string;
  readonly upLock: string;
  readonly postgres: string;
  readonly synapse: string;
  readonly redis: string;
  readonly agents: string;
};

/** The home that `SURFACES_HOME` names, or `.surfaces` of this clone. Nothing is made on disk. */
export function stackHome(environment: Readonly<Record<string, string | undefined>>): StackHome {
  const root = resolve(environment.SURFACES_HOME || join(PROJECT_ROOT, '.surfaces'));
  const run = join(root, 'run');
  return {
    root,
    stackFile: join(root, 'stack.json'),
    kept: join(root, 'kept.json'),
    run,
    logs: join(root, 'logs'),
    events: join(run, 'events.jsonl'),
    wanted: join(run, 'wanted.json'),
    upLock: join(run, 'up.lock'),
    postgres: join(root, 'data', 'postgres'),
    synapse: join(root, 'data', 'synapse'),
    redis: join(root, 'data', 'redis'),
    agents: join(root, 'agents'),
  };
}

export function makeHome(home: StackHome): void {
  // The home holds tokens and passwords: nobody else's business.
  mkdirSync(home.root, { recursive: true, mode: 0o700 });
  for (const folder of [home.run, home.logs]) mkdirSync(folder, { recursive: true });
}
