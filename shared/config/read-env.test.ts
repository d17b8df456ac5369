import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { withFilesRead } from './given-value.ts';
import { lookAtEnv, readEnv } from './read-env.ts';

describe('configuration', () => {
  test('what is set is typed, what is not has its default', () => {
    const env = readEnv({ SURFACES_MAX_EDITS: '12', SURFACES_LEASE: '9s', SURFACES_ALLOW: '@a:b, *:c' }, [
      'SURFACES_MAX_EDITS',
      'SURFACES_LEASE',
      'SURFACES_ALLOW',
    ]);
    expect(env).toEqual({
      SURFACES_MAX_EDITS: 12,
      SURFACES_LEASE: 9000,
      SURFACES_ALLOW: ['@a:b', '*:c'],
    });
  });

  test('all problems at once, each with its variable and an example', () => {
    const read = () =>
      readEnv({ SURFACES_ENV: 'production', DATABASE_URL: 'mysql://x', SURFACES_MAX_EDITS: 'many' }, [
        'DATABASE_URL',
        'REDIS_URL',
        'SURFACES_ALLOW',
        'SURFACES_MAX_EDITS',
      ]);
    expect(read).toThrow(expect.objectContaining({ code: 'config_invalid' }));
    for (const part of [
      'DATABASE_URL is not a URL',
      'REDIS_URL is not set',
      'SURFACES_ALLOW is not set',
      'SURFACES_MAX_EDITS is not a whole number',
      'for example',
    ]) {
      expect(read).toThrow(part);
    }
  });

  test.each(['syt_sécret', 'syt_“secret”', 'syt_secret\n\nsyt_other'])(
    'a token that fits into no header is told, and not shown: %j',
    (value) => {
      const read = () => readEnv({ MATRIX_ACCESS_TOKEN: value }, ['MATRIX_ACCESS_TOKEN']);
      expect(read).toThrow('MATRIX_ACCESS_TOKEN has a character in it that no token has');
      expect(read).not.toThrow(value.slice(4));
    },
  );

  test('a value may stand in a file, whatever it is', () => {
    const [token, edits] = [fileWith('syt_secret\n'), fileWith('12\n')];
    const env = readEnv({ MATRIX_ACCESS_TOKEN: '', MATRIX_ACCESS_TOKEN_FILE: token, SURFACES_MAX_EDITS_FILE: edits }, [
      'MATRIX_ACCESS_TOKEN',
      'SURFACES_MAX_EDITS',
    ]);
    expect(env).toEqual({ MATRIX_ACCESS_TOKEN: 'syt_secret', SURFACES_MAX_EDITS: 12 });
  });

  test.each([
    ['not there', { MATRIX_ACCESS_TOKEN_FILE: '/nowhere/at/all' }, '/nowhere/at/all, which cannot be read (ENOENT)'],
    ['a folder', { MATRIX_ACCESS_TOKEN_FILE: tmpdir() }, 'which cannot be read (EISDIR)'],
    ['empty', { MATRIX_ACCESS_TOKEN_FILE: fileWith(' \n') }, 'which is empty'],
    ['named beside a value', { MATRIX_ACCESS_TOKEN: 'a', MATRIX_ACCESS_TOKEN_FILE: fileWith('b') }, 'take one of them'],
  ])('a file that is %s is one problem, and not also a value that is missing', (_, environment, text) => {
    const { problems } = lookAtEnv(environment, ['MATRIX_ACCESS_TOKEN']);
    expect(problems.map((problem) => problem.text)).toEqual([expect.stringContaining(text)]);
  });

  test('files are read once for who passes an environment on', () => {
    const environment = { DATABASE_URL_FILE: fileWith('postgres://a/b'), SURFACES_ALLOW_FILE: '/a', PATH: '/bin' };
    expect(withFilesRead(environment, ['DATABASE_URL', 'REDIS_URL'])).toEqual({
      DATABASE_URL: 'postgres://a/b',
      SURFACES_ALLOW_FILE: '/a',
      PATH: '/bin',
    });
    expect(() => withFilesRead({ REDIS_URL_FILE: '/not/there' }, ['REDIS_URL'])).toThrow('REDIS_URL is to come from');
  });

  test('what stands for a secret in .env.example is none', () => {
    const environment = {
      OPS_PASSWORD: 'change-me',
      DATABASE_URL: 'postgres://a:change-me@b/c',
      OPS_USER: 'change-me',
    };
    const { problems } = lookAtEnv(environment, ['OPS_PASSWORD', 'DATABASE_URL', 'OPS_USER']);
    expect(problems.map(({ variable }) => variable)).toEqual(['OPS_PASSWORD', 'DATABASE_URL']);
  });

  test('a word that is none of those that there are', () => {
    expect(() => readEnv({ SURFACES_ENV: 'prod' }, ['SURFACES_ENV'])).toThrow(
      'SURFACES_ENV is none of development, production; for example SURFACES_ENV=production',
    );
    expect(() => readEnv({ SURFACES_CONCURRENCY: '0' }, ['SURFACES_CONCURRENCY'])).toThrow('has to be at least 1');
    expect(() => readEnv({ SURFACES_HTTP_PORT: '99999' }, ['SURFACES_HTTP_PORT'])).toThrow('is not a port');
  });
});

function fileWith(content: string): string {
  const file = join(mkdtempSync(join(tmpdir(), 'surfaces-')), 'value');
  writeFileSync(file, content);
  return file;
}
