import { expect, test } from 'vitest';
import { redirectTarget } from './redirect.ts';

const from = new URL('https://hs.example/_matrix/client/v1/media/download/hs.example/a');

test.each([
  ['/other?x=1', 'https://hs.example/other?x=1'],
  ['b', 'https://hs.example/_matrix/client/v1/media/download/hs.example/b'],
  ['//cdn.example/a', 'https://cdn.example/a'],
  ['http://cdn.example:81/a', 'http://cdn.example:81/a'],
])('%s leads on', (location, target) => {
  expect(String(redirectTarget(from, location))).toBe(target);
});

test.each([
  undefined,
  '',
  ['https://a', 'https://b'],
  'https://[::',
  'file:///etc/passwd?secret',
  'javascript:alert("secret")',
  'data:text/plain,secret',
  'ftp://secret/',
])('%s leads nowhere, and is not repeated', (location) => {
  const reason = redirectTarget(from, location);
  expect(reason).toBeTypeOf('string');
  expect(reason).not.toContain('secret');
});
