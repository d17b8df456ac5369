import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { readSources } from '../../infra/scripts/source-tree.ts';
import { PROJECT_ROOT } from '../stack/project-root.ts';
import { mainOf } from '../stack/roles-of-build.ts';
import { NOT_SETTINGS, unknownVariables } from './unknown-variables.ts';
import { VARIABLE_GROUPS, VARIABLES } from './variables.ts';

const PLACES = { AGENT_URL: 'ws://127.0.0.1:0', AGENT_TOKEN: 'a', AGENTS_DIR: join(tmpdir(), 'nowhere') };

test.each([
  ['SURFACES_MAX_EDIT', 'SURFACES_MAX_EDIT is not known; did you mean SURFACES_MAX_EDITS?'],
  ['SURFACES_ALLOWED_FILE', 'SURFACES_ALLOWED_FILE is not known; did you mean SURFACES_ALLOW_FILE?'],
  ['SURFACES_BANANA_SPLITS', 'SURFACES_BANANA_SPLITS is not known; docs/CONFIGURATION.md lists all that are'],
])('%s is told', (name, text) => expect(unknownVariables({ [name]: '1' })).toEqual([text]));

test.each([
  ['a setting, or its file', { SURFACES_MAX_EDITS: '3', SURFACES_ALLOW_FILE: '/a' }],
  ['what only commands and tests know', Object.fromEntries(NOT_SETTINGS.map((name) => [name, 'x']))],
  ['another program’s', { PATH: '/bin', XSURFACES_A: 'b' }],
  [
    'what Kubernetes says of a Service',
    {
      SURFACES_OPS_SERVICE_HOST: '10.0.0.1',
      SURFACES_OPS_PORT: 'tcp://10.0.0.1:80',
      SURFACES_OPS_PORT_80_TCP_ADDR: 'a',
    },
  ],
])('%s is not', (_, environment) => expect(unknownVariables(environment)).toEqual([]));

test('every variable that a source reads by its name is known', () => {
  const read = /(?:\benv(?:ironment)?\.|\benv(?:ironment)?\[')(SURFACES_[A-Z_]*[A-Z])\b/g;
  const names = [...readSources(PROJECT_ROOT)].flatMap(([, source]) =>
    [...source.matchAll(read)].map(([, name]) => name!),
  );
  expect(names.length).toBeGreaterThan(20);
  expect(unknownVariables(Object.fromEntries(names.map((name) => [name, 'x'])))).toEqual([]);
  // And none is left over in the list when its reader goes.
  const all = [...readSources(PROJECT_ROOT)]
    .filter(([path]) => !path.includes('unknown-variables'))
    .map(([, source]) => source);
  expect(NOT_SETTINGS.filter((name) => !all.some((source) => source.includes(name)))).toEqual([]);
});

test('each variable stands in one group', () => {
  const grouped = VARIABLE_GROUPS.flatMap(({ variables }) => Object.keys(variables));
  expect(grouped).toEqual(Object.keys(VARIABLES));
});

test('a role says it once in its log, when it starts', async () => {
  // An agent that is not described: it ends by itself.
  const env = { PATH: process.env.PATH, SURFACES_MAX_EDIT: '3', AGENT: 'openai', ...PLACES } as NodeJS.ProcessEnv;
  const child = spawn(process.execPath, [mainOf('agent-host')], { env, stdio: ['ignore', 'pipe', 'ignore'] });
  const lines = (await text(child.stdout))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const said = lines.filter(({ msg }) => msg === 'SURFACES_MAX_EDIT is not known; did you mean SURFACES_MAX_EDITS?');
  expect(said).toEqual([expect.objectContaining({ level: 'warn', role: 'agent-host' })]);
});
