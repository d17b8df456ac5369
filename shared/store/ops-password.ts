import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';

/** What OWASP's password storage cheat sheet asks of scrypt: 2^17 blocks of 8 KiB would take 128 MiB, 2^15 with 3 rounds 32. */
const COST = { N: 2 ** 15, r: 8, p: 3 } as const;
const BYTES = 32;
const FORM = /^scrypt\$(\d+)\$(\d+)\$(\d+)\$([\w-]+)\$([\w-]+)$/;

/** `scrypt$N$r$p$salt$hash`, salt and hash in base64url. Takes about 0.3 s, so that guessing does, too. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const hash = await derive(password, salt, BYTES, COST);
  return ['scrypt', COST.N, COST.r, COST.p, salt.toString('base64url'), hash.toString('base64url')].join('$');
}

/**
 * A key that only who knows the secret has, the same at each start: for what is signed with it may lie in the open, and
 * guessing the secret by it takes as long as by a password's hash.
 */
export function keyFrom(secret: string, purpose: string): Promise<Buffer> {
  return derive(secret, Buffer.from(purpose), BYTES, COST);
}

/** Whether a password has that hash. A hash that is none fits nothing. */
export async function fitsPassword(password: string, hashed: string): Promise<boolean> {
  const [, N, r, p, salt, hash] = FORM.exec(hashed) ?? [];
  if (hash === undefined || salt === undefined) return false;
  const expected = Buffer.from(hash, 'base64url');
  const cost = { N: Number(N), r: Number(r), p: Number(p) };
  return timingSafeEqual(await derive(password, Buffer.from(salt, 'base64url'), expected.length, cost), expected);
}

function derive(
  password: string,
  salt: Buffer,
  bytes: number,
  cost: { N: number; r: number; p: number },
): Promise<Buffer> {
  const options: ScryptOptions = { ...cost, maxmem: 256 * cost.N * cost.r };
  return new Promise((resolve, reject) =>
    scrypt(password.normalize('NFC'), salt, bytes, options, (error, key) => (error ? reject(error) : resolve(key))),
  );
}
