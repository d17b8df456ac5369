import { describe, expect, test } from 'vitest';
import { checkHomeserver, isNear } from './private-address.ts';
import { Refused } from './refused.ts';

describe('isNear', () => {
  test.each([
    '127.0.0.1',
    '127.255.0.9',
    '10.1.2.3',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.178.2',
    '169.254.1.1',
    '::1',
    'fd12:3456::1',
    'fe80::1%eth0',
    '::ffff:10.0.0.1',
  ])('%s is near', (address) => expect(isNear(address)).toBe(true));

  test.each([
    '8.8.8.8',
    '172.32.0.1',
    '172.15.255.255',
    '192.169.0.1',
    '11.0.0.1',
    '0.0.0.0',
    '::',
    '2001:db8::1',
    '::ffff:8.8.8.8',
    'fec0::1',
    'matrix.org',
    '',
  ])('%s is not', (address) => expect(isNear(address)).toBe(false));
});

describe('checkHomeserver', () => {
  const at =
    (...addresses: string[]) =>
    async () =>
      addresses;
  const never = async () => {
    throw new Error('not to be asked');
  };

  test.each(['http://localhost:8008', 'http://matrix.localhost', 'http://127.0.0.1:8008', 'http://[::1]:8008'])(
    '%s needs no question to the name server',
    async (url) => expect(await checkHomeserver(url, undefined, never)).toBeUndefined(),
  );

  test('a name counts by all of its addresses', async () => {
    await checkHomeserver('http://synapse:8008', undefined, at('172.18.0.3'));
    await expect(checkHomeserver('http://synapse:8008', undefined, at('172.18.0.3', '8.8.8.8'))).rejects.toThrow(
      'synapse is at 8.8.8.8',
    );
  });

  test.each([
    ['https://matrix.example.org', at('93.184.216.34')],
    ['https://8.8.8.8', never],
    ['https://nowhere.example', at()],
    [
      'https://nowhere.example',
      async () => {
        throw new Error('ENOTFOUND');
      },
    ],
  ])('%s is refused, with the way to allow it', async (url, resolve) => {
    const refusal = checkHomeserver(url, undefined, resolve);
    await expect(refusal).rejects.toBeInstanceOf(Refused);
    await expect(refusal).rejects.toThrow(`--homeserver ${url}`);
  });

  test('a public one that is named is allowed, whatever it resolves to', async () => {
    await checkHomeserver('https://matrix.example.org', 'https://matrix.example.org/', never);
  });

  test.each(['https://example.org', 'https://matrix.example.org:8448', 'matrix.example.org', ''])(
    'to name %s instead allows nothing, and is told also where nothing needs to be allowed',
    async (named) => {
      await expect(checkHomeserver('https://matrix.example.org', named, never)).rejects.toBeInstanceOf(Refused);
      await expect(checkHomeserver('http://127.0.0.1:8008', named, never)).rejects.toBeInstanceOf(Refused);
    },
  );
});
