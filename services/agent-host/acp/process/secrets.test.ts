import { describe, expect, test } from 'vitest';
import { secretsOf } from './secrets.ts';

describe('what an agent was given', () => {
  const config = JSON.stringify({ provider: { local: { options: { apiKey: 'inner-key', baseURL: 'http://x' } } } });
  const mcpServers = [
    { name: 'stdio', command: 'x', args: [], env: [{ name: 'ANY', value: 'mcp-value' }] },
    { type: 'http', url: 'http://x', headers: [{ name: 'Authorization', value: 'Bearer abc' }] },
  ];
  const clean = secretsOf(
    { API_KEY: 'sk-1', MODEL: 'large', LONG: 'something quite long', CONFIG: config },
    mcpServers,
  );

  test.each([
    ['a value under the name of a secret', 'key sk-1!', 'key [secret]!'],
    ['a long value under any name', 'it is something quite long', 'it is [secret]'],
    ['a secret within JSON', 'with inner-key', 'with [secret]'],
    ['a variable of an MCP server', 'mcp-value', '[secret]'],
    ['a header of an MCP server', 'sent Bearer abc', 'sent [secret]'],
    ['a secret that comes twice', 'sk-1 sk-1', '[secret] [secret]'],
  ])('is taken out: %s', (_, text, expected) => {
    expect(clean(text)).toBe(expected);
  });

  test('leaves words that are no secrets', () => {
    expect(clean('the large model at http://x')).toBe('the large model at http://x');
  });

  test('does not take letters out of every sentence', () => {
    expect(secretsOf({ KEY: 'a', TOKEN: '' })('a banana')).toBe('a banana');
  });
});
