import { createCipheriv, createHash, randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { decryptAttachment } from './decrypt-attachment.ts';

const FULL_KEY = '__________________________________________8';

/** Ciphertext, key and plaintext of matrix-encrypt-attachment (its `test/decrypt.Spec.js`). */
test.each([
  [
    '',
    'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
    'AAAAAAAAAAAAAAAAAAAAAA',
    '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU',
    '',
  ],
  [
    '5xJZTt5cQicm+9f4',
    FULL_KEY,
    '//////////8AAAAAAAAAAA',
    'YzF08lARDdOCzJpzuSwsjTNlQc4pHxpdHcXiD/wpK6k',
    'Hello, World',
  ],
  [
    'zhtFStAeFx0s+9L/sSQO+WQMtldqYEHqTxMduJrCIpnkyer09kxJJuA4K+adQE4w+7jZe/vR9kIcqj9rOhDR8Q',
    FULL_KEY,
    '//////////8AAAAAAAAAAA',
    'IOq7/dHHB+mfHfxlRY5XMeCWEwTPmlf4cJcgrkf6fVU',
    'alphanumerically'.repeat(4),
  ],
  // Version 0, whose counter has all 128 bits.
  [
    'tJVNBVJ/vl36UQt4Y5e5myqUL3M8OtjRVQljZ+LlwbJeucRIM7CeKDJGGOjlJ1bqpqUdl6zytXJ3dCyvnUi4eQ',
    FULL_KEY,
    '/////////////////////w',
    '/K4w3G4zlLK312k66KxNPKDkWCn2QAH5aphAkuncTrQ',
    'alphanumerically'.repeat(4),
  ],
])('the published vector %s', (ciphertext, k, iv, sha256, plaintext) => {
  const decryption = decryptAttachment({ k, iv, sha256 });
  expect(decryption.update(Buffer.from(ciphertext, 'base64')).toString()).toBe(plaintext);
  decryption.finish();
});

test('pieces of any length come out as what Node’s own cipher put in', () => {
  const [key, iv, plain] = [randomBytes(32), Buffer.concat([randomBytes(8), Buffer.alloc(8)]), randomBytes(100_003)];
  const ciphertext = createCipheriv('aes-256-ctr', key, iv).update(plain);
  const decryption = decryptAttachment({
    k: key.toString('base64url'),
    iv: iv.toString('base64').replaceAll('=', ''),
    sha256: createHash('sha256').update(ciphertext).digest('base64'),
  });
  const out: Buffer[] = [];
  for (let at = 0, step = 1; at < ciphertext.length; at += step, step = (step * 7) % 1_009)
    out.push(decryption.update(ciphertext.subarray(at, at + step)));
  decryption.finish();
  expect(Buffer.concat(out).equals(plain)).toBe(true);
});

test('one changed bit, a missing end, and a key of another length are told', () => {
  const ciphertext = randomBytes(1_000);
  const key = {
    k: FULL_KEY,
    iv: '//////////8AAAAAAAAAAA',
    sha256: createHash('sha256').update(ciphertext).digest('base64url'),
  };
  const changed = Buffer.from(ciphertext);
  changed[500]! ^= 1;
  for (const other of [changed, ciphertext.subarray(0, -1)]) {
    const decryption = decryptAttachment(key);
    decryption.update(other);
    expect(() => decryption.finish()).toThrow(/not what was sent/);
  }
  for (const part of ['k', 'iv', 'sha256'] as const)
    expect(() => decryptAttachment({ ...key, [part]: 'AAAA' })).toThrow(
      expect.objectContaining({ code: 'file_unavailable' }),
    );
});
