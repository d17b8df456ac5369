import { parseEnv } from 'node:util';
import { expect, test } from 'vitest';
import { lookAtEnv, PLACEHOLDER } from '../../shared/config/read-env.ts';
import { unknownVariables } from '../../shared/config/unknown-variables.ts';
import { VARIABLES, type Variable, type VariableName } from '../../shared/config/variables.ts';
import { PROJECT_ROOT } from '../../shared/stack/project-root.ts';
import { envExample } from './env-example.ts';
import { roleVariables } from './role-variables.ts';
import { readSources } from './source-tree.ts';

const text = envExample();
// An agent host runs one kind of agent, and the operator's page has a login of its own: what only others need is not set.
const OTHER_KIND: readonly VariableName[] = [
  'ACP_COMMAND',
  ...(['OPS_OIDC_ISSUER', 'OPS_OIDC_CLIENT_ID', 'OPS_OIDC_CLIENT_SECRET', 'OPS_OIDC_URL'] as const),
];
const roles = [...roleVariables(readSources(PROJECT_ROOT))].map(([role, names]): [string, VariableName[]] => [
  role,
  names.filter((name) => !OTHER_KIND.includes(name)),
]);
const filledIn = parseEnv(text.replaceAll(PLACEHOLDER, 'of-a-test'));

test.each(roles)('as it is, %s refuses it for the secrets that are to be put in, and for nothing else', (_, names) => {
  const { problems } = lookAtEnv(parseEnv(text), names);
  const secret = (name: VariableName) => (VARIABLES[name] as Variable<unknown>).secret;
  expect(problems.filter(({ variable }) => !secret(variable))).toEqual([]);
  for (const { text: said } of problems) expect(said).toContain(PLACEHOLDER);
});

test.each(roles)('filled in, %s starts with it', (_, names) => {
  expect(filledIn.SURFACES_ENV).toBe('production');
  expect(lookAtEnv(filledIn, names).problems).toEqual([]);
});

test('every variable stands in it once, and what is commented out has its default', () => {
  const whole = parseEnv(text.replaceAll(/^#(?=[A-Z])/gm, ''));
  expect(Object.keys(whole).toSorted()).toEqual(Object.keys(VARIABLES).toSorted());
  expect(unknownVariables(whole)).toEqual([]);
  const set = Object.keys(filledIn);
  for (const [name, variable] of Object.entries(VARIABLES as Record<string, Variable<unknown>>))
    if (!set.includes(name) && variable.production !== undefined)
      expect([name, whole[name]]).toEqual([name, variable.production]);
});

test('its lines mean the same to Compose, systemd and a person', () => {
  for (const line of text.split('\n').filter((each) => /^#?[A-Z]/.test(each)))
    expect(line).toMatch(/^#?[A-Z_]+=([^"'#$\\`\s]([^"'#$\\`]*[^"'#$\\`\s])?)?$/);
  for (const line of text.split('\n')) expect(line).toMatch(/^(#.*|[A-Z_]+=.+|)$/);
});
