import { createDecipheriv, createHash } from 'node:crypto';
import { SurfacesError } from '../errors/surfaces-error.ts';
import type { EncryptedFileKey } from './inbound.ts';

export type AttachmentDecryption = {
  /** The next piece of the ciphertext; as many bytes of plaintext come back. */
  update(ciphertext: Buffer): Buffer;
  /** To be called after the last piece. @throws SurfacesError `file_unavailable`: what came is not what was sent. */
  finish(): void;
};

/**
 * Decrypts one attachment piece by piece: AES-256 in CTR mode, with a SHA-256 over the ciphertext (spec, “Sending
 * encrypted attachments”). CTR has no tag of its own, so nothing that came out counts before `finish`.
 * @throws SurfacesError `file_unavailable` for a key, iv or hash that is not 32, 16 and 32 bytes of base64.
 */
export function decryptAttachment({ k, iv, sha256 }: EncryptedFileKey): AttachmentDecryption {
  const expected = bytesOf(sha256, 32, 'hash');
  const decipher = createDecipheriv('aes-256-ctr', bytesOf(k, 32, 'key'), bytesOf(iv, 16, 'iv'));
  const hash = createHash('sha256');
  return {
    update(ciphertext) {
      hash.update(ciphertext);
      return decipher.update(ciphertext);
    },
    finish() {
      if (!hash.digest().equals(expected))
        throw new SurfacesError('file_unavailable', 'the content of the encrypted file is not what was sent');
    },
  };
}

/** Node takes both alphabets of base64, with and without padding. */
function bytesOf(base64: string, length: number, name: string): Buffer {
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.length === length) return bytes;
  throw new SurfacesError('file_unavailable', `the ${name} of the encrypted file is not ${length} bytes long`);
}
