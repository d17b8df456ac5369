import { expect, test } from 'vitest';
import { ownContainer } from './own-container.ts';

test.each(['http://127.0.0.1:8008', 'ws://localhost:7700', 'http://[::1]:8008'])(
  'of %s a container is told that it leads nowhere else',
  (url) => expect(ownContainer(url, true)).toContain('is the container itself'),
);

test('elsewhere, and of other addresses, nothing is said', () => {
  expect(ownContainer('http://127.0.0.1:8008', false)).toBe('');
  expect(ownContainer('http://synapse:8008', true)).toBe('');
});
