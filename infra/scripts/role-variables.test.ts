import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { requiredIn } from '../../shared/config/variables.ts';
import { PROJECT_ROOT } from '../../shared/stack/project-root.ts';
import { mainOf, rolesOfBuild } from '../../shared/stack/roles-of-build.ts';
import { roleVariables } from './role-variables.ts';
import { readSources } from './source-tree.ts';

const found = roleVariables(readSources(PROJECT_ROOT));

test('every role is found', () => expect([...found.keys()].toSorted()).toEqual(rolesOfBuild().toSorted()));

/** Read where they are given, and done without where they are not. */
const DONE_WITHOUT: Readonly<Record<string, readonly string[]>> = {
  ops: ['MATRIX_ACCESS_TOKEN', 'MATRIX_HOMESERVER_URL'],
};

// What a role asks for when nothing is set is the proof of what was read from its sources.
test.each(rolesOfBuild())('%s asks for what is said of it', async (role) => {
  const env = { PATH: process.env.PATH, SURFACES_ENV: 'production' } as NodeJS.ProcessEnv;
  const child = spawn(process.execPath, [mainOf(role)], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  const said = await text(child.stderr);
  const asked = [...said.matchAll(/ {2}- ([A-Z_]+) is not set/g)].map(([, name]) => name);
  const done = DONE_WITHOUT[role] ?? [];
  const required = requiredIn(env).filter((name) => found.get(role)!.includes(name) && !done.includes(name));
  expect(asked.toSorted()).toEqual(required.toSorted());
});
