import { randomBytes } from 'node:crypto';
import { freePort } from '../runtime/free-port.ts';
import { readJson, writeJson } from './atomic-file.ts';
import type { StackHome } from './stack-home.ts';

/** What stays the same over restarts of one stack: ports, passwords, the bot's token. Mode 0600. */
export type Kept = {
  readonly ports: Readonly<Record<string, number>>;
  readonly secrets: Readonly<Record<string, string>>;
};

export function readKept(home: StackHome): Kept {
  return readJson<Kept>(home.kept) ?? { ports: {}, secrets: {} };
}

/** Reads and grows `kept.json`; every change is on disk before it is used. */
export class KeptFile {
  readonly #path: string;
  #kept: Kept;

  constructor(home: StackHome) {
    this.#path = home.kept;
    this.#kept = readKept(home);
  }

  /** The port of a part: the one it had, if it is free, or a new one. */
  async port(name: string): Promise<number> {
    const port = await freePort(this.#kept.ports[name]);
    if (port !== this.#kept.ports[name]) this.#save({ ...this.#kept, ports: { ...this.#kept.ports, [name]: port } });
    return port;
  }

  /** A secret by name, made when first asked for. */
  secret(name: string): string {
    return this.#kept.secrets[name] ?? this.keep(name, randomBytes(24).toString('base64url'));
  }

  peek(name: string): string | undefined {
    return this.#kept.secrets[name];
  }

  keep(name: string, value: string): string {
    this.#save({ ...this.#kept, secrets: { ...this.#kept.secrets, [name]: value } });
    return value;
  }

  #save(kept: Kept): void {
    this.#kept = kept;
    writeJson(this.#path, kept);
  }
}
