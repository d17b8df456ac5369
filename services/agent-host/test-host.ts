import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AgentConnection } from '../../shared/agent-protocol/client.ts';
import type { RunTurn } from '../../shared/agent-protocol/run-turn.ts';
import type { TurnEvent } from '../../shared/agent-protocol/turn-events.ts';
import { createLog } from '../../shared/runtime/log.ts';
import type { Adapter } from './adapter.ts';
import { AgentHost, type HostOptions } from './agent-host.ts';
import { demoAdapter } from './demo/demo-adapter.ts';

export const TOKEN = 'a token for tests';
const log = createLog('error', { role: 'test' });

/** With `adapter`, that is its one agent. */
type TestOptions = Partial<HostOptions> & { readonly adapter?: Adapter };

/** A volume and hosts on it, for tests. */
export class TestHost {
  readonly volume: string;
  #host: AgentHost | undefined;
  #port = 0;
  readonly #connections: AgentConnection[] = [];

  private constructor(volume: string) {
    this.volume = volume;
  }

  static async start(options: TestOptions = {}): Promise<TestHost> {
    const test = new TestHost(await mkdtemp(join(tmpdir(), 'agent-host-')));
    await test.begin(options);
    return test;
  }

  get url(): string {
    return `ws://127.0.0.1:${this.#port}`;
  }

  /** Again, after `end`, on the same port. */
  async begin({ adapter = demoAdapter, ...options }: TestOptions = {}): Promise<void> {
    const place = { volume: this.volume, host: '127.0.0.1', port: this.#port, token: TOKEN };
    const agents = [{ name: adapter.agent.name, adapter }];
    this.#host = new AgentHost({ agents, permissionTtlMs: 60_000, log, ...place, ...options });
    this.#port = await this.#host.start();
  }

  async drain(ms: number): Promise<void> {
    await this.#host?.drain(ms);
  }

  async end(): Promise<void> {
    await this.#host?.stop();
  }

  connect(options: { token?: string; patienceMs?: number } = {}): AgentConnection {
    const connection = new AgentConnection({ url: this.url, token: TOKEN, name: 'test', ...options });
    this.#connections.push(connection);
    return connection;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const connection of this.#connections) await connection.close();
    await this.end();
    await rm(this.volume, { recursive: true, force: true });
  }
}

/** A turn with the text as its input, in a session of its own unless one is named. */
export function turnOf(text: string, given: Partial<RunTurn> = {}): RunTurn {
  const sessionId = given.sessionId ?? `session-${crypto.randomUUID()}`;
  return {
    sessionId,
    workspace: sessionId,
    turnId: `turn-${crypto.randomUUID()}`,
    input: [{ type: 'text', text }],
    signal: new AbortController().signal,
    idleTimeoutMs: 10_000,
    ...given,
  };
}

export type Told = {
  readonly text: string;
  readonly events: readonly TurnEvent[];
  readonly end: TurnEvent | undefined;
};

/** Follows a turn to its end; `each` sees every event as it comes. */
export async function tell(
  connection: AgentConnection,
  turn: RunTurn,
  each?: (event: TurnEvent) => void,
): Promise<Told> {
  const events: TurnEvent[] = [];
  for await (const event of connection.runTurn(turn)) {
    events.push(event);
    each?.(event);
  }
  const text = events.map((event) => (event.type === 'message.delta' ? event.text : '')).join('');
  return { text, events, end: events.at(-1) };
}
