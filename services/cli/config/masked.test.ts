import { describe, expect, test } from 'vitest';
import { maskedSecret, maskedValue } from './masked.ts';

const AGENTS = JSON.stringify({
  default: 'helper',
  agents: {
    helper: {
      kind: 'openai',
      url: 'http://ann:sesame@models/v1?api_key=sesame',
      model: 'qwen3:8b',
      key: 'sesame',
      mcp: { files: { url: 'http://files', headers: { title: 'sesame', Authorization: 'Bearer sesame' } } },
    },
    coder: { kind: 'acp', command: ['opencode', 'acp', '--key=sesame'], env: { MODEL: 'sesame', model: 'sesame' } },
    other: { kind: 'openai', key: { $file: '/run/secrets/key' }, maxTokens: 100 },
  },
});

describe('of a secret', () => {
  test.each([
    ['postgres://surfaces:sesame@db:5432/surfaces', 'postgres://surfaces:••••••@db:5432/surfaces'],
    ['redis://:sesame@redis:6379/0', 'redis://:••••••@redis:6379/0'],
    ['redis://redis:6379/0', 'redis://redis:6379/0'],
    ['https://sesame@example.org/', 'https://••••••@example.org/'],
    ['https://example.org/?access_token=sesame&a=b', 'https://example.org/?access_token=••••••&a=b'],
    ['syt_sesame', '••••••'],
    ['postgres:/surfaces:sesame@db', '••••••'],
    ['{"key": "sesame"', '••••••'],
    ['["sesame"]', '••••••'],
    ['', ''],
  ])('%s is shown as %s', (value, shown) => expect(maskedSecret(value)).toBe(shown));

  test('with agents in it, what they are is shown and nothing that lets somebody in', () => {
    const shown = maskedSecret(AGENTS);
    expect(shown).not.toContain('sesame');
    for (const part of [
      '"default": "helper"',
      'qwen3:8b',
      'http://ann:••••••@models',
      'opencode',
      '/run/secrets/key',
      '100',
    ])
      expect(shown).toContain(part);
  });
});

test.each([
  ['https://ann:sesame@matrix.example.org/', 'https://ann:••••••@matrix.example.org/'],
  ['http://127.0.0.1:8008', 'http://127.0.0.1:8008'],
  ['agent --api-key sesame --fast', 'agent --api-key •••••• --fast'],
  ['agent --token=sesame', 'agent --token=••••••'],
  ['100M', '100M'],
])('what is no secret by itself, %s, is shown as %s', (value, shown) => expect(maskedValue(value)).toBe(shown));
