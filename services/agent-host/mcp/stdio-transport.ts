import { once } from 'node:events';
import type { ErrorOutput } from './error-output.ts';
import type { JSONRPCMessage, Transport } from './mcp-client.ts';
import type { StdioServer } from './mcp-server.ts';
import { MessageLines } from './message-lines.ts';
import { ProcessGroup } from './process-group.ts';

/** After the process has ended: for what it wrote before. Somebody who left its group may hold its pipes. */
const LAST_WORDS_MS = 500;

/**
 * MCP over the pipes of a process (specification 2025-11-25, “Transports”, stdio). The client’s own lets the process live in our
 * group, inherits more of the environment, and ends only the process itself.
 */
export class StdioTransport implements Transport {
  onclose: (() => void) | undefined;
  onerror: ((error: Error) => void) | undefined;
  onmessage: ((message: JSONRPCMessage) => void) | undefined;
  /** Why it is closed, as a sentence about the server. */
  why = '';
  readonly #server: StdioServer;
  readonly #graceMs: number;
  readonly #errors: ErrorOutput;
  #group: ProcessGroup | undefined;
  #isClosed = false;

  constructor(server: StdioServer, graceMs: number, errors: ErrorOutput) {
    this.#server = server;
    this.#graceMs = graceMs;
    this.#errors = errors;
  }

  async start(): Promise<void> {
    const group = await ProcessGroup.start(this.#server);
    this.#group = group;
    const { stdin, stdout, stderr } = group.child;
    const lines = new MessageLines();
    stdout.on('data', (chunk: Buffer) => {
      try {
        for (const line of lines.push(chunk)) this.#read(line);
      } catch (error) {
        this.why ||= (error as Error).message;
        this.onerror?.(error as Error);
        void this.close();
      }
    });
    stderr.setEncoding('utf8').on('data', (chunk: string) => this.#errors.push(chunk));
    // The end of the process says all there is to say of a broken pipe.
    for (const stream of [stdin, stdout, stderr]) stream.on('error', () => {});
    const drained = Promise.allSettled([once(stdout, 'close'), once(stderr, 'close')]);
    void group.ended.then(async (how) => {
      const late = setTimeout(() => [stdout, stderr].map((stream) => stream.destroy()), LAST_WORDS_MS);
      await drained;
      clearTimeout(late);
      this.#errors.end();
      this.why ||= how;
      this.#closed();
    });
    // Stopped while it was started.
    if (this.#isClosed) await group.stop(this.#graceMs);
  }

  /** What cannot be written any more needs no error: the end of the process fails each request that waits. */
  async send(message: JSONRPCMessage): Promise<void> {
    const stdin = this.#group?.child.stdin;
    if (!stdin || this.#isClosed) throw new Error('the server has ended');
    if (!stdin.writable || stdin.write(`${JSON.stringify(message)}\n`)) return;
    await Promise.race([once(stdin, 'drain'), once(stdin, 'close')]).catch(() => {});
  }

  /** Returns when the process is gone. */
  async close(): Promise<void> {
    this.#closed();
    await this.#group?.stop(this.#graceMs);
  }

  #closed(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.onclose?.();
  }

  #read(line: string): void {
    if (line.trim() === '' || this.#isClosed) return;
    let message: JSONRPCMessage;
    try {
      message = JSON.parse(line);
    } catch {
      this.onerror?.(new Error('it wrote a line to stdout that is no message'));
      return;
    }
    this.onmessage?.(message);
  }
}
