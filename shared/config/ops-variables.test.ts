import { describe, expect, test } from 'vitest';
import { parseAddresses } from './address-list.ts';
import { problemsOfStack, readEnv } from './read-env.ts';

test('what belongs to a login elsewhere is asked for as soon as one of it is set, all at once', () => {
  const asked = (environment: Record<string, string>) =>
    problemsOfStack(environment)
      .map(({ text }) => text.split(' ').slice(0, 3).join(' '))
      .filter((text) => text.startsWith('OPS_OIDC'));
  expect(asked({})).toEqual([]);
  expect(asked({ OPS_OIDC_CLIENT_ID: 'a' })).toEqual([
    'OPS_OIDC_ISSUER is not',
    'OPS_OIDC_CLIENT_SECRET is not',
    'OPS_OIDC_URL is not',
  ]);
  const wrong = {
    OPS_OIDC_ISSUER: 'http://id.example.org',
    OPS_OIDC_URL: 'https://a.example/ops',
    OPS_OIDC_SCOPE: 'email',
  };
  expect(asked({ ...wrong, OPS_OIDC_CLIENT_ID: 'a', OPS_OIDC_CLIENT_SECRET: 'change-me' })).toEqual([
    'OPS_OIDC_ISSUER is not',
    'OPS_OIDC_CLIENT_SECRET still has',
    'OPS_OIDC_URL has a',
    'OPS_OIDC_SCOPE does not',
  ]);
});

test('names are parted by commas, because groups have spaces', () => {
  const environment = { OPS_OIDC_OPERATORS: ' Chat Admins,ann@example.org ,, ' };
  expect(readEnv(environment, ['OPS_OIDC_OPERATORS', 'OPS_PROXY_READERS'])).toEqual({
    OPS_OIDC_OPERATORS: ['Chat Admins', 'ann@example.org'],
    OPS_PROXY_READERS: ['*'],
  });
  expect(() => readEnv({ OPS_PROXY_USER_HEADER: 'Cookie' }, ['OPS_PROXY_USER_HEADER'])).toThrow('browsers set');
});

describe('addresses', () => {
  const { list } = parseAddresses('10.1.0.0/16 192.0.2.7, 2001:db8::/32');
  test.each(['10.1.255.255', '192.0.2.7', '::ffff:10.1.0.1', '2001:db8:ffff::1'])('%s is among them', (address) =>
    expect(list.has(address)).toBe(true),
  );
  test.each(['10.2.0.0', '192.0.2.8', '127.0.0.1', '::ffff:10.2.0.1', '2001:db9::', 'ann', '', undefined])(
    '%s is not',
    (address) => expect(list.has(address)).toBe(false),
  );
  test('this machine has more than one, and a unix socket has none', () => {
    const { list: loopback } = parseAddresses('loopback');
    for (const address of ['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1', undefined])
      expect(loopback.has(address)).toBe(true);
    expect(loopback.has('10.0.0.1')).toBe(false);
  });
  test.each(['0.0.0.0/0', '::/0', '10.0.0.0/33', '10.0.0.0/8/8', 'proxy.example.org', '10.0.0', '10.0.0.0/x'])(
    '%s is none',
    (text) => expect(parseAddresses(text).problem).toContain(`“${text}”`),
  );
});
