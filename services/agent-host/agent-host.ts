import { createHash, timingSafeEqual } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import type { Welcome } from '../../shared/agent-protocol/host-messages.ts';
import { CLOSE, MAX_FRAME_BYTES, PROTOCOL } from '../../shared/agent-protocol/protocol.ts';
import { serveWebSockets, type WebSocket } from '../../shared/agent-protocol/websocket.ts';
import type { Log } from '../../shared/runtime/log.ts';
import { gauge } from '../../shared/runtime/metrics.ts';
import { sleep } from '../../shared/time/time.ts';
import { Agents, type NamedAgent } from './agents.ts';
import { HostFolder } from './host-folder.ts';
import { Peer } from './peer.ts';
import { errorAnswer, Refusal } from './refusal.ts';
import { expireTurns } from './retention.ts';
import type { Session } from './session.ts';
import { Sessions } from './sessions.ts';
import { Snapshots } from './snapshots.ts';
import { Turns } from './turns.ts';

export type HostOptions = {
  /** The first is the default. */
  readonly agents: readonly NamedAgent[];
  /** The folder that client and host share; the workspaces are in it, and the host's own data in `.host`. */
  readonly volume: string;
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly token: string;
  readonly permissionTtlMs: number;
  readonly log: Log;
  readonly heartbeatMs?: number;
  readonly retentionS?: number;
  readonly maxRunningTurns?: number;
};

const HEARTBEAT_MS = 15_000;
const RETENTION_S = 7 * 24 * 3_600;
/** What one process of the demo agent carries with its timers still on time. */
const MAX_RUNNING_TURNS = 1_000;
const SWEEP_MS = 15_000;
const DRAIN_LOOK_MS = 50;
const EXPIRE_MS = 3_600_000;

const connections = gauge('agent_connections', 'clients connected to the agent host');

/** The agent host: sessions, turns, and the clients that are connected. */
export class AgentHost {
  readonly #options: HostOptions;
  readonly #agents: Agents;
  readonly #folder: HostFolder;
  readonly #sessions: Sessions;
  readonly #turns: Turns;
  readonly #snapshots: Snapshots;
  readonly #welcome: Omit<Welcome, 're'>;
  readonly #peers = new Map<Peer, string | undefined>();
  readonly #timers: NodeJS.Timeout[] = [];
  #stopServer: (() => Promise<void>) | undefined;

  constructor(options: HostOptions) {
    const { volume, permissionTtlMs, log } = options;
    const maxRunning = options.maxRunningTurns ?? MAX_RUNNING_TURNS;
    this.#options = options;
    this.#agents = new Agents(options.agents);
    this.#folder = new HostFolder(volume);
    this.#sessions = new Sessions(this.#folder);
    this.#turns = new Turns({ agents: this.#agents, volume, folder: this.#folder, permissionTtlMs, maxRunning, log });
    this.#snapshots = new Snapshots(this.#folder);
    const { adapter } = this.#agents.default;
    const { offered } = this.#agents;
    this.#welcome = {
      type: 'welcome',
      version: PROTOCOL,
      agent: adapter.agent,
      capabilities: adapter.capabilities,
      ...(offered && { agents: offered }),
      limits: { max_frame_bytes: MAX_FRAME_BYTES, max_running_turns: maxRunning },
      heartbeat_ms: options.heartbeatMs ?? HEARTBEAT_MS,
      retention_s: options.retentionS ?? RETENTION_S,
    };
  }

  /** @returns the port on which it listens. */
  async start(): Promise<number> {
    await mkdir(this.#folder.sessions, { recursive: true });
    const { host, port } = this.#options;
    const server = await serveWebSockets({ host, port, maxPayload: MAX_FRAME_BYTES }, (socket, request) => {
      this.#onSocket(socket, request);
    });
    this.#stopServer = server.stop;
    this.#every(SWEEP_MS, async () => this.#sessions.sweep());
    this.#every(EXPIRE_MS, () => expireTurns(this.#folder, this.#welcome.retention_s * 1000));
    return server.port;
  }

  /**
   * Before `stop`: begins no more turns, and waits until those that run have ended, `ms` at most. One that waits for a
   * person is not waited for.
   */
  async drain(ms: number): Promise<void> {
    this.#turns.close();
    const until = performance.now() + ms;
    const drained = new Set<Session>();
    for (;;) {
      const running = this.#sessions.running().filter((session) => session.running?.state === 'running');
      for (const session of running) drained.add(session);
      if (running.length === 0 || performance.now() >= until) break;
      await sleep(DRAIN_LOOK_MS);
    }
    await Promise.all([...drained].filter(({ running }) => !running).map(({ settled }) => settled));
  }

  /** What runs is ended with `agent_crashed`, on disk and for those who are connected. */
  async stop(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    await this.#turns.abandon(this.#sessions.running());
    for (const peer of this.#peers.keys()) peer.close(1001, 'the host stops');
    await Promise.all(this.#agents.all.map(({ adapter }) => adapter.stop?.()));
    await this.#stopServer?.();
  }

  #onSocket(socket: WebSocket, request: IncomingMessage): void {
    if (!isSame(request.headers.authorization ?? '', `Bearer ${this.#options.token}`)) {
      // A close code reaches every client, an HTTP status does not.
      socket.on('error', () => {});
      socket.send(JSON.stringify(errorAnswer('hello', new Refusal('unauthorized', 'the token is not this host’s'))));
      socket.close(CLOSE.unauthorized, 'unauthorized');
      return;
    }
    const services = {
      agents: this.#agents,
      volume: this.#options.volume,
      sessions: this.#sessions,
      turns: this.#turns,
      snapshots: this.#snapshots,
    };
    const peer = new Peer(socket, request.socket, {
      services,
      welcome: this.#welcome,
      log: this.#options.log,
      onHello: (newer, instance) => this.#replace(newer, instance),
      onClose: (closed) => {
        this.#peers.delete(closed);
        connections.set(this.#peers.size);
      },
    });
    this.#peers.set(peer, undefined);
    connections.set(this.#peers.size);
  }

  #replace(newer: Peer, instance: string): void {
    for (const [peer, known] of this.#peers)
      if (known === instance && peer !== newer) peer.close(CLOSE.replaced, 'replaced by a newer connection');
    this.#peers.set(newer, instance);
  }

  #every(ms: number, work: () => Promise<unknown>): void {
    const run = () => work().catch((error) => this.#options.log.warn({ err: error }, 'housekeeping failed'));
    this.#timers.push(setInterval(run, ms).unref());
  }
}

/** In constant time, for texts of any length. */
function isSame(one: string, other: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(one), hash(other));
}
