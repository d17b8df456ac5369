import type { Log } from '../../../shared/runtime/log.ts';
import { outsideWork } from '../../../shared/runtime/work.ts';
import { backoff } from '../../../shared/time/time.ts';
import { secretsOf, type WithoutSecrets } from './known-secrets.ts';
import type { McpServer } from './mcp-server.ts';
import { type OfferedTool, offeredTools } from './offered-tools.ts';
import type { Pace } from './pace.ts';
import { openSession, type Session } from './session.ts';
import { ToolNames } from './tool-names.ts';

export type LinkParts = { readonly log: Pick<Log, 'debug' | 'info' | 'warn'>; readonly pace: Pace };

/**
 * The way to one server. It is opened when it is first needed, and again at the next need after a session was lost. Where
 * opening fails there is an outage: nobody waits for the server then, it is tried in the background until it answers.
 */
export class ServerLink {
  readonly name: string;
  readonly server: McpServer;
  readonly withoutSecrets: WithoutSecrets;
  readonly #parts: LinkParts;
  readonly #names: ToolNames;
  readonly #stopping = new AbortController();
  #session: Session | undefined;
  #opening: Promise<Session> | undefined;
  /** What is wrong, during an outage. */
  #outage: string | undefined;
  #failures = 0;
  #retry: NodeJS.Timeout | undefined;
  #notes = '';
  #closing: Promise<unknown> = Promise.resolve();

  constructor(name: string, server: McpServer, parts: LinkParts) {
    this.name = name;
    this.server = server;
    this.withoutSecrets = secretsOf(server);
    this.#parts = parts;
    this.#names = new ToolNames(name);
  }

  get pace(): Pace {
    return this.#parts.pace;
  }

  /** The tools that it has now, none during an outage. Never throws. */
  async tools(): Promise<readonly OfferedTool[]> {
    if (this.#outage !== undefined || this.#stopping.signal.aborted) return [];
    return (await this.#look())?.offered ?? [];
  }

  /** For the operator: what it has, or what is wrong. Also asks during an outage. */
  async check(): Promise<string> {
    const look = await this.#look();
    if (!look) return `${this.name}: does not answer: ${this.#outage ?? 'its tools could not be listed'}`;
    const { offered, notes } = look;
    const count = offered.length === 1 ? '1 tool' : `${offered.length} tools`;
    return [`${this.name}: ${count}`, ...notes].join('; ');
  }

  /** An open session; one attempt is made where there is none. @throws Error when it fails. */
  async session(): Promise<Session> {
    if (this.#session?.isOpen) return this.#session;
    this.#opening ??= outsideWork(() => this.#open()).finally(() => {
      this.#opening = undefined;
    });
    return await this.#opening;
  }

  /** A session that the server has forgotten; the next use opens another. */
  async forget(session: Session): Promise<void> {
    if (this.#session === session) this.#session = undefined;
    const closed = session.close();
    this.#closing = Promise.all([this.#closing, closed]);
    await closed;
  }

  /** Returns when nothing of it is left. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    clearTimeout(this.#retry);
    await this.#opening?.catch(() => {});
    if (this.#session) await this.forget(this.#session);
    await this.#closing;
  }

  async #look(): Promise<ReturnType<typeof offeredTools> | undefined> {
    try {
      let session = await this.session();
      const list = await session.list().catch(async () => {
        // It may have forgotten the session, or be gone: a new one tells.
        await this.forget(session);
        session = await this.session();
        return await session.list();
      });
      const look = offeredTools(this.server, list, this.#names, this.withoutSecrets);
      this.#note(look.notes.join('; '));
      return look;
    } catch {
      return undefined;
    }
  }

  async #open(): Promise<Session> {
    const { log, pace } = this.#parts;
    clearTimeout(this.#retry);
    const signal = AbortSignal.any([this.#stopping.signal, AbortSignal.timeout(pace.connectMs)]);
    try {
      const { name, withoutSecrets } = this;
      const session = await openSession(
        this.server,
        { name, log, pace, withoutSecrets, onLost: (why) => log.warn({ mcp: name, why }, 'an MCP server was lost') },
        signal,
      );
      if (this.#outage !== undefined) log.info({ mcp: this.name }, 'an MCP server answers again');
      this.#outage = undefined;
      this.#failures = 0;
      this.#session = session;
      return session;
    } catch (error) {
      if (!this.#stopping.signal.aborted) this.#fail((error as Error).message);
      throw error;
    }
  }

  #fail(problem: string): void {
    const { log, pace } = this.#parts;
    if (this.#outage === undefined) log.warn({ mcp: this.name, problem }, 'an MCP server does not answer');
    this.#outage = problem;
    const ms = backoff(this.#failures, pace.firstRetryMs, pace.mostRetryMs);
    this.#failures += 1;
    // No reason for a process to stay.
    this.#retry = setTimeout(() => void this.session().catch(() => {}), ms).unref();
  }

  #note(notes: string): void {
    if (notes !== '' && notes !== this.#notes)
      this.#parts.log.warn({ mcp: this.name, notes }, 'of an MCP server’s tools');
    this.#notes = notes;
  }
}
