import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, globSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { requiredIn, VARIABLES, type Variable, type VariableName } from '../../shared/config/variables.ts';
import { SHUTDOWN_MS } from '../../shared/runtime/role.ts';
import { PROJECT_ROOT } from '../../shared/stack/project-root.ts';
import { rolesOfBuild, rolesThatScale } from '../../shared/stack/roles-of-build.ts';
import { roleVariables } from '../scripts/role-variables.ts';
import { readSources } from '../scripts/source-tree.ts';

const UNITS = new URL('system/', import.meta.url).pathname;
const names = readdirSync(UNITS, { withFileTypes: true }).flatMap((entry) => (entry.isFile() ? [entry.name] : []));
const everything = new Map(globSync('**/*.{service,target,conf}', { cwd: UNITS }).map((path) => [path, read(path)]));
const scale = new Set(rolesThatScale());
const unitOf = (role: string) => `surfaces-${role}${scale.has(role) ? '@' : ''}.service`;

/** The most that `systemd-analyze security` may find: 0 is a service that can do nothing, 10 one that can do all. */
const MOST_EXPOSED: Readonly<Record<string, number>> = {
  'surfaces-attachment-worker@.service': 1.8,
  // It starts programs of others; its file says what they need.
  'surfaces-agent-host.service': 3.3,
};
const MOST_EXPOSED_ELSE = 1.6;

function read(path: string): string {
  return readFileSync(join(UNITS, path), 'utf8');
}

const values = (text: string, key: string) =>
  [...text.matchAll(new RegExp(`^${key}=(.*)$`, 'gm'))].map(([, value = '']) => value);

describe('the units', () => {
  test('are one for each role, and one for the migrations', () => {
    const services = names.filter((name) => name.endsWith('.service'));
    expect(services.toSorted()).toEqual([...rolesOfBuild().map(unitOf), 'surfaces-migrate.service'].toSorted());
  });

  test('are grouped by the target, but for the agent host', () => {
    const wanted = rolesOfBuild()
      .filter((role) => role !== 'agent-host')
      .map((role) => unitOf(role).replace('@.', '@1.'));
    expect(values(read('surfaces.target'), 'Wants').toSorted()).toEqual(wanted.toSorted());
  });

  test.each(rolesOfBuild())('%s: runs it, under its name, with the secrets that it reads and no others', (role) => {
    const unit = read(unitOf(role));
    expect(values(unit, 'ExecStart')).toEqual([`/opt/surfaces/node_modules/.bin/node services/${role}/main.ts`]);
    expect(values(unit, 'Environment')).toContain(`SURFACES_INSTANCE=${role}-${scale.has(role) ? '%i' : '1'}`);
    const own = roleVariables(readSources(PROJECT_ROOT)).get(role)!;
    const secrets = requiredIn({ SURFACES_ENV: 'production' }).filter(
      (name) => own.includes(name) && (VARIABLES[name] as Variable<unknown>).secret,
    );
    expect(
      values(unit, 'LoadCredential')
        .map((value) => value.split(':')[0])
        .toSorted(),
    ).toEqual(secrets.map((name) => name.toLowerCase().replaceAll('_', '-')).toSorted());
    expect(unit.includes('AGENTS_DIR=')).toBe(own.includes('AGENTS_DIR'));
  });

  test('leave each the time that it takes to stop', () => {
    const seconds = (path: string) => Number(values(read(path), 'TimeoutStopSec')[0]);
    const drainMs = VARIABLES.AGENT_DRAIN.parse.parse(VARIABLES.AGENT_DRAIN.production);
    expect(seconds('surfaces-.service.d/20-life.conf') * 1000).toBeGreaterThan(SHUTDOWN_MS);
    expect(seconds('surfaces-agent-host.service.d/40-drain.conf') * 1000).toBeGreaterThan(SHUTDOWN_MS + drainMs);
  });

  test('name only variables that there are, and programs and files that are there', () => {
    const ofNode = [
      'NODE_OPTIONS',
      'NODE_COMPILE_CACHE',
      'MALLOC_ARENA_MAX',
      'MALLOC_MMAP_THRESHOLD_',
      'MALLOC_TRIM_THRESHOLD_',
    ];
    for (const [path, text] of everything) {
      const set = values(text, 'Environment').flatMap((value) => [...value.matchAll(/(?:^|[ "])([A-Z][A-Z_]+)=/g)]);
      for (const [, name = ''] of set) {
        if (!ofNode.includes(name))
          expect(VARIABLES, path).toHaveProperty([name.replace(/_FILE$/, '') as VariableName]);
      }
      for (const [, at = ''] of text.matchAll(/\/opt\/surfaces(\/[\w./@-]+)/g)) {
        if (!at.includes('/.cache/')) expect(existsSync(join(PROJECT_ROOT, at)), `${path}: ${at}`).toBe(true);
      }
      for (const command of values(text, 'ExecStart')) {
        expect(existsSync(join(PROJECT_ROOT, command.split(' ')[1]!)), `${path}: ${command}`).toBe(true);
      }
      for (const [, doc = ''] of text.matchAll(/\((shared\/[\w./-]+)\)/g)) {
        expect(existsSync(join(PROJECT_ROOT, doc)), `${path}: ${doc}`).toBe(true);
      }
    }
  });
});

const missing = answers('systemd-analyze', '--version') ? '' : ' (skipped: there is no systemd-analyze)';

describe.skipIf(missing !== '')(`systemd-analyze${missing}`, () => {
  // Beside the programs that they start, which have to be there.
  const folder = mkdtempSync(join(tmpdir(), 'surfaces-units-'));
  cpSync(UNITS, folder, { recursive: true });
  for (const [path, text] of everything) {
    writeFileSync(join(folder, path), text.replaceAll('/opt/surfaces', PROJECT_ROOT));
  }
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const analyze = (...args: string[]) => {
    const env = { ...process.env, SYSTEMD_UNIT_PATH: `${folder}:`, SYSTEMD_COLORS: '0' };
    return execFileSync('sh', ['-c', '"$@" 2>&1', 'sh', 'systemd-analyze', ...args], {
      cwd: folder,
      env,
      encoding: 'utf8',
    });
  };

  test('has nothing to say against them', () => {
    expect(analyze('verify', ...names)).toBe('');
  });

  test('notices a setting that it does not know', () => {
    writeFileSync(join(folder, 'surfaces-broken.service'), '[Service]\nExecStart=/bin/true\nNoSuchSetting=yes\n');
    expect(analyze('verify', 'surfaces-broken.service')).toContain('NoSuchSetting');
  });

  test.each(names.filter((name) => name.endsWith('.service')))('finds %s closed enough', (name) => {
    const found = analyze('security', '--offline=true', '--no-pager', name);
    const level = Number(/exposure level for \S+: ([\d.]+)/.exec(found)?.[1]);
    expect(level, found).toBeLessThanOrEqual(MOST_EXPOSED[name] ?? MOST_EXPOSED_ELSE);
  });
});

function answers(program: string, ...args: string[]): boolean {
  try {
    execFileSync(program, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
