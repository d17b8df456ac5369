import { type ChildProcess, execFileSync, type SpawnOptions, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolePart } from '../services/supervisor/roles.ts';
import { AgentConnection } from '../shared/agent-protocol/client.ts';
import { freePort } from '../shared/runtime/free-port.ts';
import { stackHome } from '../shared/stack/stack-home.ts';
import { sleep } from '../shared/time/time.ts';

const TOKEN = 'bench';
/** The host has this core to itself, as far as we are concerned. */
const HOST_CORE = '0';
const OTHER_CORES = '1';

/** Whether processes can be kept to one core each here. */
export const canPin = availableParallelism() > 1 && hasTaskset();

/** A model server of its own process, beside this one and not beside the host. */
export class ModelProcess {
  readonly baseUrl: string;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.baseUrl = `http://127.0.0.1:${port}/v1`;
  }

  static async start(): Promise<ModelProcess> {
    const main = fileURLToPath(new URL('bench-agents-model.ts', import.meta.url));
    const child = start(process.execPath, ['--disable-warning=ExperimentalWarning', main], OTHER_CORES, {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    const port = await new Promise<number>((resolve, reject) => {
      child.once('message', (told) => resolve(told as number));
      child.once('exit', (code) => reject(new Error(`the model server ended with ${code}`)));
    });
    return new ModelProcess(child, port);
  }

  stop(): Promise<void> {
    return ended(this.#child);
  }
}

/** An agent host as a stack starts it, on one core. */
export class HostProcess {
  readonly pid: number;
  readonly volume: string;
  readonly #child: ChildProcess;
  readonly #url: string;
  readonly #http: string;
  readonly #connections: AgentConnection[] = [];

  private constructor(child: ChildProcess, volume: string, at: { url: string; http: string }) {
    this.#child = child;
    this.pid = child.pid!;
    this.volume = volume;
    this.#url = at.url;
    this.#http = at.http;
  }

  /** @param baseUrl of a model; without one it is the demo agent. @param volume of a host that has ended; else a new one. */
  static async start({ baseUrl, volume }: { baseUrl?: string; volume?: string } = {}): Promise<HostProcess> {
    const folder = volume ?? mkdtempSync(join(tmpdir(), 'surfaces-bench-agents-'));
    const url = `ws://127.0.0.1:${await freePort()}`;
    const environment = {
      PATH: process.env.PATH,
      SURFACES_ENV: 'development',
      AGENT_URL: url,
      AGENT_TOKEN: TOKEN,
      AGENTS_DIR: folder,
      ...(baseUrl ? { AGENT: 'openai', OPENAI_BASE_URL: baseUrl, OPENAI_MODEL: 'bench' } : { AGENT: 'demo' }),
    };
    const role = { role: 'agent-host', index: 1, port: 0 };
    const home = stackHome({ SURFACES_HOME: folder });
    const part = rolePart(role, { home, environment: environment as NodeJS.ProcessEnv, choosePort: () => freePort() });
    const { file, args, env } = await part.command();
    const child = start(file, args, HOST_CORE, { env, stdio: ['ignore', 'ignore', 'inherit'] });
    const host = new HostProcess(child, folder, { url, http: `http://127.0.0.1:${role.port}` });
    for (const until = Date.now() + 30_000; (await part.problem()) !== undefined; await sleep(20))
      if (Date.now() > until || child.exitCode !== null) throw new Error('the agent host did not become ready');
    return host;
  }

  connect(): AgentConnection {
    const connection = new AgentConnection({ url: this.#url, token: TOKEN, name: 'bench' });
    this.#connections.push(connection);
    return connection;
  }

  async metric(name: string): Promise<number> {
    const text = await (await fetch(`${this.#http}/metrics`)).text();
    return Number(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'm').exec(text)?.[1]);
  }

  /** @param keep the volume, for another host. */
  async stop({ keep = false } = {}): Promise<void> {
    for (const connection of this.#connections) await connection.close();
    await ended(this.#child);
    if (!keep) rmSync(this.volume, { recursive: true, force: true });
  }
}

/** Runs `work` with this process on the cores that the host is not on. */
export async function besideHost<T>(work: () => Promise<T>): Promise<T> {
  if (!canPin) return work();
  const pin = (cores: string) => execFileSync('taskset', ['-a', '-c', '-p', cores, String(process.pid)]);
  const before = / (\S+)\s*$/.exec(String(execFileSync('taskset', ['-c', '-p', String(process.pid)])))?.[1];
  pin(OTHER_CORES);
  try {
    return await work();
  } finally {
    if (before) pin(before);
  }
}

/** `taskset` becomes the program, and so keeps its pid and its channel. */
function start(file: string, args: readonly string[], core: string, options: SpawnOptions): ChildProcess {
  const command = canPin ? ['taskset', '-c', core, file, ...args] : [file, ...args];
  const child = spawn(command[0]!, command.slice(1), options);
  process.once('exit', () => child.kill('SIGKILL'));
  return child;
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  await exit;
}

function hasTaskset(): boolean {
  try {
    execFileSync('taskset', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
