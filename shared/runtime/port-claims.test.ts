import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort } from './free-port.ts';
import { claimPort } from './port-claims.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'port-claims-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

test('a port is chosen once in two minutes, and claims do not pile up', () => {
  const now = Date.now();
  expect([claimPort(20_001, folder, now), claimPort(20_002, folder, now)]).toEqual([true, true]);
  expect(claimPort(20_001, folder, now + 100_000)).toBe(false);
  expect(claimPort(20_003, folder, now + 130_000)).toBe(true);
  expect(readdirSync(folder)).toEqual(['20003']);
  expect(claimPort(20_001, folder, now + 130_000)).toBe(true);
});

test('where no file can be made, ports are chosen without', () => {
  const file = join(folder, 'file');
  writeFileSync(file, '');
  expect([claimPort(20_001, file), claimPort(20_001, file)]).toEqual([true, true]);
});

test('of many that are chosen and not used yet, none comes twice', async () => {
  const ports = await Promise.all(Array.from({ length: 300 }, () => freePort()));
  expect(new Set(ports).size).toBe(ports.length);
});

test('one that somebody had is theirs again, also where they chose it just now', async () => {
  const port = await freePort();
  expect(await freePort(port)).toBe(port);
});
