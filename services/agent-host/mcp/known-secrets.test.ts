import { expect, test } from 'vitest';
import { secretsOf, withoutSecretsIn } from './known-secrets.ts';

const KEY = 'a"b\nc/d e-0123456789';

test.each([
  ['as it is', KEY],
  ['in JSON', JSON.stringify({ key: KEY })],
  ['in a URL', `https://x?key=${encodeURIComponent(KEY)}`],
  ['a long word of it', 'e-0123456789'],
])('a value of env is taken out %s', (_, text) => {
  expect(secretsOf({ command: 'x', env: { KEY } })(text)).toMatch(/^\D*$/);
});

test.each([
  ['Bearer abcdef0123456789', 'bad token abcdef0123456789', 'bad token [secret]'],
  ['Bearer abcdef0123456789', 'got Bearer abcdef0123456789.', 'got [secret].'],
  ['Bearer abcdef0123456789', 'a Bearer token', 'a Bearer token'],
])('of the header %j in %j stays %j', (authorization, text, rest) => {
  expect(secretsOf({ url: 'https://example.com', headers: { authorization } })(text)).toBe(rest);
});

test('of a URL only the host is no secret', () => {
  const without = secretsOf({
    url: 'https://user%40x:p%26ssword@example.com/mcp/k0123456789abcdef/sse?token=t0%2F123456#frag',
  });
  for (const part of ['user%40x', 'user@x', 'p&ssword', 'k0123456789abcdef', 't0%2F123456', 't0/123456'])
    expect(without(`at ${part}!`)).toBe('at [secret]!');
  expect(without(btoa('user@x:p&ssword'))).toBe('[secret]');
  expect(without('example.com mcp sse')).toBe('example.com mcp sse');
});

test('short values stay, or nothing could be read', () => {
  expect(secretsOf({ command: 'x', env: { DEBUG: '1', MODE: '' } })('1 of 10')).toBe('1 of 10');
});

test('texts anywhere in a value are cleaned', () => {
  const without = secretsOf({ command: 'x', env: { KEY: '0123456789' } });
  expect(withoutSecretsIn({ a: ['0123456789', 7, null], b_0123456789: { c: true } }, without)).toEqual({
    a: ['[secret]', 7, null],
    'b_[secret]': { c: true },
  });
});
