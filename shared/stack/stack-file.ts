import { rmSync } from 'node:fs';
import { readJson, writeJson } from './atomic-file.ts';
import type { StackHome } from './stack-home.ts';

export type Person = {
  readonly user_id: string;
  readonly password: string;
  readonly access_token: string;
  readonly device_id: string;
};

export type RunningRole = {
  readonly role: string;
  readonly index: number;
  readonly pid: number;
  readonly url: string;
};

/** `stack.json`: what outside programs may know of a running stack. An interface: see docs/CONTRACT.md. */
export type Stack = {
  readonly homeserver: { url: string; server_name: string; registration_shared_secret?: string };
  readonly bot: { user_id: string };
  readonly people: readonly Person[];
  readonly database_url: string;
  readonly redis_url: string;
  readonly agents_dir: string;
  readonly agent: { url: string; token: string };
  readonly ops?: { url: string; user: string; password: string };
  readonly roles: readonly RunningRole[];
};

export function readStack(home: StackHome): Stack | undefined {
  return readJson<Stack>(home.stackFile);
}

export function writeStack(home: StackHome, stack: Stack): void {
  writeJson(home.stackFile, stack);
}

export function removeStack(home: StackHome): void {
  rmSync(home.stackFile, { force: true });
}
