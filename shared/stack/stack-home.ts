import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { SurfacesError } from '../errors/surfaces-error.ts';
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

const MARK = '.surfaces-home';

/** Whether a folder may be used, and removed, as a home: it is ours by its mark, or there is nothing in it. */
export function isOurs({ root, kept }: StackHome): boolean {
  if (!existsSync(root) || existsSync(join(root, MARK)) || existsSync(kept)) return true;
  return readdirSync(root).length === 0;
}

/** @throws SurfacesError `config_invalid` for a folder with other things in it: `down --purge` would remove them. */
export function makeHome(home: StackHome): void {
  if (!isOurs(home)) {
    throw new SurfacesError(
      'config_invalid',
      `${home.root} holds other files; name a folder of its own as SURFACES_HOME`,
    );
  }
  // The home holds tokens and passwords: nobody else's business.
  mkdirSync(home.root, { recursive: true, mode: 0o700 });
  writeFileSync(
    join(home.root, MARK),
    'The data of one stack of surfaces. `npm run down -- --purge` removes this folder.\n',
  );
  for (const folder of [home.run, home.logs]) mkdirSync(folder, { recursive: true });
}
