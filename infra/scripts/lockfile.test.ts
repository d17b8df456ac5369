import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { PROJECT_ROOT } from '../../shared/stack/project-root.ts';

type Locked = {
  readonly integrity?: string;
  readonly link?: true;
  readonly resolved?: string;
  readonly version?: string;
};

const { packages } = JSON.parse(readFileSync(join(PROJECT_ROOT, 'package-lock.json'), 'utf8')) as {
  packages: Record<string, Locked>;
};
const installed = Object.entries(packages).filter(([path, { link }]) => path.includes('node_modules/') && !link);

test('every package that is installed has its hash in the lockfile, and none names a registry', () => {
  expect(installed.filter(([, { integrity }]) => !integrity?.startsWith('sha512-')).map(([path]) => path)).toEqual([]);
  expect(installed.filter(([, { resolved }]) => resolved?.startsWith('http')).map(([path]) => path)).toEqual([]);
});

test('direct dependencies are exact versions', () => {
  const manifest = JSON.parse(readFileSync(join(PROJECT_ROOT, 'package.json'), 'utf8'));
  const wanted = { ...manifest.dependencies, ...manifest.devDependencies } as Record<string, string>;
  const inexact = Object.entries(wanted).filter(([, version]) => !/^(\d+\.\d+\.\d+(-.+)?|file:.+)$/.test(version));
  expect(inexact).toEqual([]);
});
