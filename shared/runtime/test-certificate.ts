import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** For tests only: a certificate for `localhost` that is signed by nobody, in a folder that goes with it. */
export class TestCertificate {
  readonly path: string;
  readonly key: Buffer;
  readonly cert: Buffer;
  readonly #folder = mkdtempSync(join(tmpdir(), 'tls-'));

  constructor() {
    const key = join(this.#folder, 'key.pem');
    this.path = join(this.#folder, 'cert.pem');
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
    const how = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
    execFileSync('openssl', [...how, ...subject, '-keyout', key, '-out', this.path], { stdio: 'ignore' });
    this.key = readFileSync(key);
    this.cert = readFileSync(this.path);
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
