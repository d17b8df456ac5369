import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readJson, writeJson } from './atomic-file.ts';
import { identityOf, isAlive, type ProcessIdentity } from './process-identity.ts';
import type { StackHome } from './stack-home.ts';

/** What `up` asks of the supervisor. Roles that are not named run once. */
export type Wanted = { readonly scale: Readonly<Record<string, number>> };

/** What the supervisor tells whoever brought it up: one JSON line each. */
export type StackEvent = {
  readonly at: string;
  readonly name: string;
  readonly state:
    | 'working'
    | 'ready'
    | 'ended'
    | 'backing-off'
    | 'needs-operator'
    | 'stopped'
    | 'failed'
    | 'up'
    | 'note'
    | 'warning';
  readonly detail?: string;
  readonly ms?: number;
  readonly pid?: number;
  /** Where the stack failed: the exit code that says so. */
  readonly exit?: number;
};

const noteOf = (home: StackHome) => join(home.run, 'supervisor.json');

export function signSupervisor(home: StackHome): void {
  writeJson(noteOf(home), identityOf(process.pid));
}

/** The supervisor of this home, if it lives. */
export function supervisorOf(home: StackHome): ProcessIdentity | undefined {
  const identity = readJson<ProcessIdentity>(noteOf(home));
  return identity && isAlive(identity) ? identity : undefined;
}

export function readWanted(home: StackHome): Wanted {
  return readJson<Wanted>(home.wanted) ?? { scale: {} };
}

export function writeWanted(home: StackHome, wanted: Wanted): void {
  writeJson(home.wanted, wanted);
}

export function tellEvent(home: StackHome, event: Omit<StackEvent, 'at'>): void {
  appendFileSync(home.events, `${JSON.stringify({ at: new Date().toISOString(), ...event })}\n`, { mode: 0o600 });
}

/** Events behind byte `from`, and where the next look begins. */
export function eventsFrom(home: StackHome, from: number): { events: StackEvent[]; next: number } {
  let content: Buffer;
  try {
    content = readFileSync(home.events);
  } catch {
    return { events: [], next: from };
  }
  const end = content.lastIndexOf(0x0a) + 1;
  if (end <= from) return { events: [], next: from };
  const lines = content.subarray(from, end).toString('utf8').split('\n').filter(Boolean);
  return { events: lines.map((line) => JSON.parse(line) as StackEvent), next: end };
}
