import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Installed } from './install.ts';

export const MODEL_NAME = 'smollm2-135m';
/** Tokens of its window. */
export const WINDOW = 2048;

const READY_MS = 120_000;
/** `CLK_TCK` of every Linux that Node runs on. */
const TICKS_A_SECOND = 100;

/** A real server with a real model, as it is without any setting of behaviour: it serves one request, and a second ends the first. */
export class RealServer {
  readonly baseUrl: string;
  readonly #process: ChildProcess;
  #said = '';

  private constructor(child: ChildProcess, port: number) {
    this.#process = child;
    this.baseUrl = `http://127.0.0.1:${port}/v1`;
    child.stderr?.on('data', (bytes: Buffer) => {
      this.#said = (this.#said + bytes.toString()).slice(-4_000);
    });
  }

  /** @throws with what the server said, where it does not come up. */
  static async start({ python, model }: Installed): Promise<RealServer> {
    const port = await freePort();
    const settings = {
      model,
      model_alias: MODEL_NAME,
      host: '127.0.0.1',
      port,
      n_ctx: WINDOW,
      n_threads: 1,
      verbose: false,
    };
    const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
    const child = spawn(python, ['-m', 'llama_cpp.server', ...args], {
      env: { ...process.env, HF_HUB_OFFLINE: '1' },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const server = new RealServer(child, port);
    await server.#ready();
    return server;
  }

  /** Seconds of processor time that it has used. */
  async cpuSeconds(): Promise<number> {
    const stat = await readFile(`/proc/${this.#process.pid}/stat`, 'utf8');
    // The name of the process may have spaces; what follows it does not.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode !== null) return;
    const exited = once(this.#process, 'exit');
    this.#process.kill('SIGTERM');
    const late = setTimeout(() => this.#process.kill('SIGKILL'), 10_000);
    await exited;
    clearTimeout(late);
  }

  async #ready(): Promise<void> {
    for (const deadline = Date.now() + READY_MS; Date.now() < deadline; await delay(200)) {
      if (this.#process.exitCode !== null) break;
      const answer = await fetch(`${this.baseUrl}/models`).catch(() => undefined);
      if (answer?.ok) return;
    }
    await this[Symbol.asyncDispose]();
    throw new Error(`the server of the model does not come up: ${this.#said}`);
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
