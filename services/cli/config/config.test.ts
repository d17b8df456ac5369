import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runSurfaces } from '../../../e2e/run-surfaces.ts';
import { textWidth } from '../demo/text-width.ts';
import { configText } from './config-text.ts';
import { settingsOf } from './settings.ts';

const folder = mkdtempSync(join(tmpdir(), 'surfaces-config-'));
const file = join(folder, 'token');
writeFileSync(file, 'syt_sesame\n');
const WRONG = {
  SURFACES_HOME: folder,
  SURFACES_ENV: 'production',
  DATABASE_URL: 'postgres://surfaces:sesame@db/surfaces',
  MATRIX_ACCESS_TOKEN_FILE: file,
  SURFACES_MAX_EDITS: 'many',
  SURFACES_MAX_EDIT: '3',
};

function settingNamed(name: string, environment: Record<string, string>, stack: Record<string, string> = {}) {
  const groups = settingsOf(environment, { ...stack, ...environment });
  return groups.flatMap(({ settings }) => settings).find((setting) => setting.name === name);
}

test.each([
  ['the environment', { SURFACES_LEASE: '9s' }, {}, 'SURFACES_LEASE', { value: '9s', from: 'environment' }],
  ['a file', { SURFACES_ALLOW_FILE: file }, {}, 'SURFACES_ALLOW', { value: 'syt_sesame', from: 'file', file }],
  ['the stack', {}, { REDIS_URL: 'redis://:a@b/0' }, 'REDIS_URL', { value: 'redis://:••••••@b/0', from: 'stack' }],
  ['the default', {}, {}, 'SURFACES_LEASE', { value: '6s', from: 'default' }],
  [
    'production’s default',
    { SURFACES_ENV: 'production' },
    {},
    'SURFACES_HTTP_PORT',
    { value: '9090', from: 'default' },
  ],
  ['nowhere', {}, {}, 'REDIS_URL', { value: null, from: 'not set' }],
])('a value from %s', (_, environment, stack, name, expected) =>
  expect(settingNamed(name, environment, stack)).toMatchObject(expected),
);

describe('the table', () => {
  const agents = JSON.stringify({ agents: Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`a${at}`, {}])) });
  const environment = {
    OPENAI_SYSTEM_PROMPT: 'Слова и ещё слова. '.repeat(100),
    AGENTS: agents,
    ACP_COMMAND: '\x1b[2J',
    OPS_OIDC_CLIENT_ID: 'a',
  };
  const text = configText(
    {
      environment: 'development',
      stack: null,
      groups: settingsOf(environment, environment),
      problems: ['x '.repeat(99)],
      warnings: [],
    },
    false,
  );

  test('fits into 100 columns, whatever is in it, and does not steer the terminal', () => {
    for (const line of text.split('\n')) expect(textWidth(line)).toBeLessThanOrEqual(100);
    expect(text).not.toContain('\x1b');
  });

  test('leaves out what nothing reads, and says so', () => {
    expect(
      configText({ environment: '', stack: null, groups: settingsOf({}, {}), problems: [], warnings: [] }, false),
    ).toMatch(/Not in use: Agents, A model as the agent, A program as the agent/);
    expect(text).not.toContain('Not in use');
  });
});

test('config says all that is wrong and what nothing reads, and shows no secret', async () => {
  for (const args of [['config'], ['config', '--json']]) {
    const run = runSurfaces(args, WRONG);
    expect(await run.ended).toBe(78);
    expect(run.output).not.toContain('sesame');
    for (const part of [
      'REDIS_URL is not set',
      'SURFACES_MAX_EDITS is not a whole number',
      'did you mean SURFACES_MAX_EDITS?',
    ])
      expect(run.stdout.replaceAll(/\n {4}/g, ' ')).toContain(part);
    if (args.length > 1) expect(JSON.parse(run.stdout)).toMatchObject({ environment: 'production', stack: null });
  }
});

test('up says the same before it starts anything', async () => {
  const run = runSurfaces(['up', '--detach'], { ...WRONG, SURFACES_ENV: 'development' });
  expect(await run.ended).toBe(78);
  expect(run.stdout).toContain('SURFACES_MAX_EDIT is not known; did you mean SURFACES_MAX_EDITS?');
  expect(run.output).toContain('SURFACES_MAX_EDITS is not a whole number');
});
