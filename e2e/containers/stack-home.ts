import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rolesOfBuild } from '../../shared/stack/roles-of-build.ts';
import type { RunningRole, Stack } from '../../shared/stack/stack-file.ts';
import { type Container, call, containersOf, serviceOf } from './engine.ts';

const PORT = 9090;

/** The roles of a project, with their addresses in the engine's network and their pids on this machine, on which the engine has to run. */
export async function runningRoles(project: string): Promise<RunningRole[]> {
  const containers = (await containersOf(project)).toSorted((a, b) => a.Name.localeCompare(b.Name));
  return rolesOfBuild().flatMap((role) =>
    containers
      .filter((each) => serviceOf(each) === role)
      .map((each, at) => ({ role, index: at + 1, pid: each.State.Pid, url: `http://${addressOf(each)}:${PORT}` })),
  );
}

/**
 * Makes a home out of a project of docker-compose.fullstack.yml, so that other tests attach to it:
 * `node e2e/containers/stack-home.ts PROJECT HOME`, then `SURFACES_E2E_HOME=HOME npx vitest run e2e/conversation.test.ts`.
 */
export async function writeStackHome(project: string, home: string): Promise<Stack> {
  const people = (await containersOf(project)).find((each) => serviceOf(each) === 'people');
  if (!people) throw new Error(`${project} has no container “people”: is it up?`);
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const file = join(home, 'stack.json');
  for (const name of ['stack.json', 'kept.json'])
    await call('docker', ['cp', `${people.Id}:/stack/${name}`, join(home, name)]);
  const stack = { ...(JSON.parse(readFileSync(file, 'utf8')) as Stack), roles: await runningRoles(project) };
  writeFileSync(file, JSON.stringify(stack));
  return stack;
}

function addressOf({ NetworkSettings }: Container): string {
  return Object.values(NetworkSettings.Networks).find(({ IPAddress }) => IPAddress)?.IPAddress ?? '0.0.0.0';
}

if (import.meta.main) {
  const [project = '', home = ''] = process.argv.slice(2);
  const { roles } = await writeStackHome(project, home);
  process.stdout.write(`${home}: ${roles.length} roles\n`);
}
