import { createHash } from 'node:crypto';
import { join } from 'node:path';

/** Where the host keeps what it knows, beside the workspaces of the same volume. */
export const HOST_FOLDER = '.host';

/**
 * The files of one host:
 * `sessions/<session>/session.json`, `sessions/<session>/turns/<turn>.jsonl`, `snapshots/<owner>/<snapshot>/`.
 */
export class HostFolder {
  readonly root: string;
  readonly sessions: string;
  readonly snapshots: string;

  /** @param volume the folder that client and host share. */
  constructor(volume: string) {
    this.root = join(volume, HOST_FOLDER);
    this.sessions = join(this.root, 'sessions');
    this.snapshots = join(this.root, 'snapshots');
  }

  session(sessionId: string): string {
    return join(this.sessions, fileName(sessionId));
  }

  turns(sessionId: string): string {
    return join(this.session(sessionId), 'turns');
  }

  turn(sessionId: string, turnId: string): string {
    return join(this.turns(sessionId), `${fileName(turnId)}.jsonl`);
  }

  snapshotsOf(owner: string): string {
    return join(this.snapshots, fileName(owner));
  }
}

/** Ids come from outside: what is not plainly a file name (a path, a device of some system, two in one case) is hashed. */
export function fileName(id: string): string {
  if (/^[a-z0-9][a-z0-9_-]{0,79}$/.test(id)) return id;
  return `~${digest(id)}`;
}

/** 32 hex digits of SHA-256. */
export function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}
