import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { VARIABLES, type Variable } from '../../shared/config/variables.ts';

const folder = mkdtempSync(join(tmpdir(), 'surfaces-new-production-'));
const prepare = () => execFileSync('bash', ['infra/docker/new-production.sh', folder], { stdio: 'ignore' });
const read = (name: string) => readFileSync(join(folder, name), 'utf8');
const secret = (name: string) => read(`secrets/${name}`);

beforeAll(prepare);
afterAll(() => rmSync(folder, { recursive: true }));

test('every secret of docker-compose.prod.yml gets a file, in a folder of its owner alone', () => {
  const wanted = readFileSync('docker-compose.prod.yml', 'utf8').matchAll(/\.\/secrets\/([a-z-]+)/g);
  expect(readdirSync(join(folder, 'secrets')).toSorted()).toEqual([...wanted].map(([, name]) => name).toSorted());
  expect(statSync(join(folder, 'secrets')).mode & 0o777).toBe(0o700);
  for (const name of readdirSync(join(folder, 'secrets')))
    expect(statSync(join(folder, 'secrets', name)).mode & 0o777, name).toBe(0o644);
});

test('the bundled servers have the passwords that the roles know', () => {
  expect(new URL(secret('database-url')).password).toBe(secret('postgres-password'));
  expect(`requirepass ${new URL(secret('redis-url')).password}`).toBe(secret('redis-conf'));
});

test('the settings are those that Compose hands on, and no secret with a file is among them', () => {
  const names = [...read('prod.env').matchAll(/^#?([A-Z_]+)=/gm)].map(([, name]) => name!);
  expect(names).toEqual(expect.arrayContaining(['MATRIX_HOMESERVER_URL', 'AGENT_URL', 'OPS_USER', 'SURFACES_ALLOW']));
  const asked = names.filter((name) => name in VARIABLES);
  const secrets = asked.filter((name) => (VARIABLES as Record<string, Variable<unknown>>)[name]?.secret);
  expect(secrets.toSorted()).toEqual([
    'AGENTS',
    'OPENAI_API_KEY',
    'OPS_OIDC_CLIENT_SECRET',
    'OTEL_EXPORTER_OTLP_HEADERS',
  ]);
  expect(asked).not.toContain('SURFACES_HTTP_PORT');
});

test('called again, it leaves what was filled in', () => {
  writeFileSync(join(folder, 'secrets/matrix-access-token'), 'syt_mine');
  writeFileSync(join(folder, 'prod.env'), 'SURFACES_ALLOW=*\n');
  prepare();
  expect([secret('matrix-access-token'), read('prod.env')]).toEqual(['syt_mine', 'SURFACES_ALLOW=*\n']);
});
