import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readEnv } from './read-env.ts';

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

  test('a secret may stand in a file', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'surfaces-')), 'token');
    writeFileSync(file, 'syt_secret\n');
    expect(readEnv({ MATRIX_ACCESS_TOKEN_FILE: file }, ['MATRIX_ACCESS_TOKEN']).MATRIX_ACCESS_TOKEN).toBe('syt_secret');
    expect(() => readEnv({ MATRIX_ACCESS_TOKEN_FILE: '/nowhere' }, ['MATRIX_ACCESS_TOKEN'])).toThrow('ENOENT');
  });
});
