import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';

test('a role is called by its number in Swarm, stays in its networks, and a bundled server gets no setting', () => {
  const networks = { default: null, agents: null };
  const config = {
    services: {
      'turn-worker': { image: 'surfaces', environment: { SURFACES_ENV: 'production', SURFACES_ALLOW: null }, networks },
      postgres: { image: 'postgres', environment: { POSTGRES_USER: 'surfaces' } },
    },
    networks: { default: { name: 'surfaces-prod_default' }, agents: { name: 'surfaces-prod_agents' } },
  };
  const said = execFileSync('node', ['infra/docker/swarm-file.ts'], {
    input: JSON.stringify(config),
    encoding: 'utf8',
  });
  expect(JSON.parse(said)).toMatchObject({
    services: {
      'turn-worker': {
        environment: { SURFACES_ENV: 'production', SURFACES_INSTANCE: 'turn-worker-{{.Task.Slot}}' },
        networks,
      },
      postgres: { environment: { POSTGRES_USER: 'surfaces' } },
    },
    networks: { default: {}, agents: {} },
  });
  expect(JSON.parse(said).services.postgres.environment).not.toHaveProperty('SURFACES_INSTANCE');
  expect(JSON.parse(said).networks.default).not.toHaveProperty('name');
});
