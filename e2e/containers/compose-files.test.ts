import { beforeEach, describe, expect, test } from 'vitest';
import { roleVariables } from '../../infra/scripts/role-variables.ts';
import { readSources } from '../../infra/scripts/source-tree.ts';
import { VARIABLES, type Variable } from '../../shared/config/variables.ts';
import { PROJECT_ROOT } from '../../shared/stack/project-root.ts';
import { COMPOSE_V1, COMPOSE_V2, type Compose, call, whyNoCompose } from './engine.ts';

const FILES = ['docker-compose.prod.yml', 'docker-compose.fullstack.yml'];
/** What the image says, or its entry point. */
const OF_THE_IMAGE = ['SURFACES_INSTANCE', 'SURFACES_HTTP_HOST', 'SURFACES_HTTP_PORT', 'AGENTS_DIR'];
const OPTIONS = ['--env-file', '.env.example', '--profile', 'bundled', '--profile', 'agents', '--profile', 'cli'];
const isSecret = (name: string) => Boolean((VARIABLES as Record<string, Variable<unknown>>)[name]?.secret);

type Service = {
  environment?: Record<string, string | null>;
  command?: string[];
  secrets?: { source: string }[];
};
const given = Object.fromEntries(Object.keys(VARIABLES).map((name) => [name, 'given']));
const ask = (compose: Compose, file: string, ...args: string[]) => {
  const [program, ...first] = compose;
  return call(program, [...first, ...OPTIONS, '-f', file, ...args], given);
};

const why = whyNoCompose(COMPOSE_V2);
describe('the compose files', () => {
  beforeEach(({ skip }) => skip(why !== undefined, why));
  const services = async (file: string) =>
    (JSON.parse(await ask(COMPOSE_V2, file, 'config', '--format', 'json')) as { services: Record<string, Service> })
      .services;
  const reads = roleVariables(readSources(PROJECT_ROOT));

  test.each(FILES)('%s gives each role all that it reads, and no secret beside', async (file) => {
    const found = await services(file);
    for (const [role, names] of reads) {
      const service = found[role];
      const environment = service?.environment ?? {};
      const missing = names.filter(
        (name) => !OF_THE_IMAGE.includes(name) && !environment[name] && !environment[`${name}_FILE`],
      );
      expect(missing, role).toEqual([]);
      const secrets = Object.keys(environment).map((name) => name.replace(/_FILE$/, ''));
      expect(
        secrets.filter((name) => isSecret(name) && !(names as string[]).includes(name)),
        role,
      ).toEqual([]);
    }
  });

  test('in production a role has the files of its secrets, and no others', async () => {
    for (const [name, { environment, command, secrets = [] }] of Object.entries(await services(FILES[0]!))) {
      const named = JSON.stringify([environment, command]).matchAll(/"\/run\/secrets\/([^"]+)"/g);
      expect(secrets.map(({ source }) => source).toSorted(), name).toEqual(
        [...named].map(([, file]) => file).toSorted(),
      );
    }
  });

  const whyNotOld = whyNoCompose(COMPOSE_V1);
  test.for(FILES)('%s is the same to Compose 1.29', async (file, { skip }) => {
    skip(whyNotOld !== undefined, whyNotOld);
    const names = async (compose: Compose) =>
      (await ask(compose, file, 'config', '--services')).trim().split('\n').toSorted();
    expect(await names(COMPOSE_V1)).toEqual(await names(COMPOSE_V2));
  });
});
