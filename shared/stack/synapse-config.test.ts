import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isNewEnough } from './synapse-binary.ts';
import { writeSynapseConfig } from './synapse-config.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'surfaces-synapse-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (port: number) => {
  const file = writeSynapseConfig({ folder, port, serverName: 'here.test', registrationSecret: 'secret' });
  return {
    file,
    config: JSON.parse(readFileSync(file, 'utf8')),
    key: readFileSync(join(folder, 'signing.key'), 'utf8'),
  };
};

test('what a server is stays the same when only its port changes', () => {
  const before = write(1001);
  const after = write(1002);
  expect(after.key).toBe(before.key);
  expect(after.key).toMatch(/^ed25519 a_[0-9a-f]{6} [A-Za-z0-9+/]{43}\n$/);
  expect(after.config.macaroon_secret_key).toBe(before.config.macaroon_secret_key);
  expect(after.config.macaroon_secret_key).not.toBe(after.config.form_secret);
  expect(after.config).toMatchObject({ server_name: 'here.test', public_baseurl: 'http://127.0.0.1:1002/' });
});

test('it is for this machine and this user alone', () => {
  const { file, config } = write(1001);
  expect(config.listeners[0].bind_addresses).toEqual(['127.0.0.1']);
  expect(config.federation_domain_whitelist).toEqual([]);
  expect(config.enable_registration).toBe(false);
  for (const path of [file, join(folder, 'signing.key')]) expect(statSync(path).mode & 0o077).toBe(0);
});

test.each([
  ['3.11', true],
  ['3.14', true],
  ['3.10', false],
  ['2.7', false],
  ['4.0', true],
])('Python %s: %s', (version, expected) => expect(isNewEnough(version)).toBe(expected));
