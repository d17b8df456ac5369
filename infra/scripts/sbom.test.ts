import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { PROJECT_ROOT } from '../../shared/stack/project-root.ts';

const SCRIPT = new URL('sbom.ts', import.meta.url).pathname;

type Manifest = { readonly dependencies: Record<string, string>; readonly devDependencies: Record<string, string> };
type Component = { readonly name: string; readonly version: string; readonly purl: string };
type Locked = {
  readonly packages: Record<string, { readonly dev?: true; readonly optional?: true; readonly link?: true }>;
};

const read = (file: string) => JSON.parse(readFileSync(join(PROJECT_ROOT, file), 'utf8'));

test('`npm run sbom` lists what runs in production, with versions, and nothing of tests', () => {
  const made = execFileSync(process.execPath, [SCRIPT], { encoding: 'utf8', maxBuffer: 64 << 20 });
  const { bomFormat, components } = JSON.parse(made) as { bomFormat: string; components: Component[] };
  expect(bomFormat).toBe('CycloneDX');
  const listed = new Set(components.map(({ purl }) => decodeURIComponent(purl).replace(/^pkg:npm\/(.+)@.*$/, '$1')));
  const { dependencies, devDependencies } = read('package.json') as Manifest;
  expect(Object.keys(dependencies).filter((name) => !listed.has(name))).toEqual([]);
  expect(Object.keys(devDependencies).filter((name) => listed.has(name))).toEqual([]);
  // What the lockfile knows as of development alone.
  const locked = Object.entries((read('package-lock.json') as Locked).packages);
  const ofTests = locked.filter(([path, { dev }]) => dev && path.startsWith('node_modules/'));
  const names = new Set(ofTests.map(([path]) => path.slice(path.lastIndexOf('node_modules/') + 13)));
  const also = new Set(
    locked.flatMap(([path, { dev }]) => (dev ? [] : [path.slice(path.lastIndexOf('node_modules/') + 13)])),
  );
  expect([...listed].filter((name) => names.has(name) && !also.has(name))).toEqual([]);
  for (const { name, version } of components) expect(version, name).toMatch(/^\d+\.\d+\.\d+/);
});
