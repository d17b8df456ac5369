import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gauge } from '../../shared/runtime/metrics.ts';
import type { HostFolder } from './host-folder.ts';
import { Refusal } from './refusal.ts';
import { Session, type SessionRecord } from './session.ts';

const live = gauge('agent_sessions_in_memory', 'sessions of the agent host that are in memory');

/** The sessions of a host. They are loaded when they are asked for, and forgotten when nothing happens in them. */
export class Sessions {
  readonly #folder: HostFolder;
  readonly #live = new Map<string, Session>();
  readonly #lines = new Map<string, Promise<unknown>>();

  constructor(folder: HostFolder) {
    this.#folder = folder;
  }

  /** Runs `work` after everything that was asked of this session before. */
  inOrder<T>(sessionId: string, work: () => Promise<T>): Promise<T> {
    const before = this.#lines.get(sessionId) ?? Promise.resolve();
    const mine = before.then(work, work);
    const tail = mine
      .catch(() => {})
      .finally(() => {
        if (this.#lines.get(sessionId) === tail) this.#lines.delete(sessionId);
      });
    this.#lines.set(sessionId, tail);
    return mine;
  }

  /** @throws Refusal `unknown_session`. */
  async get(sessionId: string): Promise<Session> {
    const session = this.#live.get(sessionId) ?? (await this.#load(sessionId));
    if (!session) throw new Refusal('unknown_session', 'this session was never opened');
    return session;
  }

  /**
   * @param agent known to the host. A session that began with none takes it as long as nothing was said in it.
   * @throws Refusal `bad_request` for a session of another agent, `session_busy`.
   */
  async open(sessionId: string, workspace: string, agent?: string): Promise<Session> {
    const known = this.#live.get(sessionId) ?? (await this.#load(sessionId));
    if (known) {
      const { record } = known;
      if (agent !== undefined && agent !== record.agent) {
        if (record.agent !== undefined || record.messages > 0)
          throw new Refusal('bad_request', 'this session has another agent, for good');
        record.agent = agent;
        await known.save();
      }
      if (record.workspace === workspace) return known;
      known.mustBeIdle();
      record.workspace = workspace;
      await known.save();
      return known;
    }
    await mkdir(this.#folder.turns(sessionId), { recursive: true });
    const record = { session_id: sessionId, workspace, messages: 0, ...(agent !== undefined && { agent }) };
    const session = new Session(record, this.#path(sessionId), false);
    await session.save();
    return this.#keep(session);
  }

  forget(sessionId: string): void {
    this.#live.delete(sessionId);
    live.set(this.#live.size);
  }

  /** All that run. */
  running(): Session[] {
    return [...this.#live.values()].filter((session) => session.running);
  }

  async list(): Promise<Session[]> {
    const folders = await readdir(this.#folder.sessions).catch(() => []);
    const found: Session[] = [];
    for (const folder of folders) {
      const record = await readRecord(join(this.#folder.sessions, folder, 'session.json'));
      if (record) found.push(this.#live.get(record.session_id) ?? new Session(record, '', true));
    }
    return found;
  }

  /** Frees what nobody has asked for in a while. */
  sweep(now = Date.now()): void {
    for (const [id, session] of this.#live) {
      for (const turn of session.turns.values()) if (turn.isStale(now)) session.turns.delete(turn.id);
      if (session.turns.size === 0 && !this.#lines.has(id)) this.forget(id);
    }
  }

  async #load(sessionId: string): Promise<Session | undefined> {
    const record = await readRecord(this.#path(sessionId));
    return record && this.#keep(new Session(record, this.#path(sessionId), true));
  }

  #keep(session: Session): Session {
    this.#live.set(session.record.session_id, session);
    live.set(this.#live.size);
    return session;
  }

  #path(sessionId: string): string {
    return join(this.#folder.session(sessionId), 'session.json');
  }
}

async function readRecord(path: string): Promise<SessionRecord | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as SessionRecord;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}
