import { SurfacesError } from '../errors/surfaces-error.ts';
import type { Log } from '../runtime/log.ts';
import { counter, gauge } from '../runtime/metrics.ts';
import { outsideWork } from '../runtime/work.ts';
import { backoff } from '../time/time.ts';
import type { ClientMessage } from './client-messages.ts';
import { decodeHostFrame, encodeFrame } from './frame.ts';
import type { HostMessage, Welcome } from './host-messages.ts';
import { CLOSE, MAX_FRAME_BYTES, PROTOCOL } from './protocol.ts';
import { connectWebSocket, type WebSocket } from './websocket.ts';

type LinkOptions = {
  readonly url: string;
  readonly token: string;
  readonly name: string;
  readonly instance: string;
  readonly log?: Log;
};

type LinkEvents = {
  /** Whether a lost connection should be made again at once. */
  readonly needed: () => boolean;
  readonly up: () => void;
  /** `fatal`: trying again will not help as things stand. */
  readonly down: (error: SurfacesError, fatal: boolean) => void;
  readonly message: (message: HostMessage) => void;
};

const HANDSHAKE_MS = 5_000;
/** A host that was killed is back within seconds, and people watch half an answer meanwhile. */
const RECONNECT_FIRST_MS = 50;
const RECONNECT_MOST_MS = 1_000;
/** Events of a long turn may come in one message; a host's own limit is for what it receives. */
const MAX_RECEIVED_BYTES = 4 * MAX_FRAME_BYTES;

const connected = gauge('agent_link_connected', 'connections of this process to the agent host that stand');
const ends = counter(
  'agent_link_ends_total',
  'connections to the agent host that ended, or never came to stand, by why',
  ['reason'],
);
const REASONS: Readonly<Record<number, string>> = {
  [CLOSE.unauthorized]: 'unauthorized',
  [CLOSE.version]: 'version',
  [CLOSE.heartbeat]: 'silent',
};

/** One WebSocket that is made, kept alive, watched, and made again while somebody needs it. */
export class Link {
  readonly #options: LinkOptions;
  readonly #events: LinkEvents;
  #socket: WebSocket | null = null;
  #up = false;
  #closed = false;
  #attempt = 0;
  #retry: NodeJS.Timeout | undefined;
  #heartbeat: NodeJS.Timeout | undefined;
  #heardAt = 0;
  #lastProblem = 'no answer so far';
  welcome: Welcome | undefined;

  constructor(options: LinkOptions, events: LinkEvents) {
    this.#options = options;
    this.#events = events;
  }

  get isUp(): boolean {
    return this.#up;
  }

  whyDown(): SurfacesError {
    return new SurfacesError('agent_unavailable', `${this.#options.url} cannot be reached: ${this.#lastProblem}`);
  }

  ensure(): void {
    if (this.#closed || this.#socket || this.#retry) return;
    outsideWork(() => this.#connect());
  }

  /** False where nobody is there to receive it. */
  send(message: ClientMessage): boolean {
    if (!this.#up || !this.#socket) return false;
    this.#socket.send(encodeFrame(message));
    return true;
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#retry);
    clearInterval(this.#heartbeat);
    const socket = this.#socket;
    this.#socket = null;
    this.#isDown();
    if (!socket || socket.readyState === socket.CLOSED) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => socket.terminate(), 500);
      socket.once('close', () => {
        clearTimeout(timer);
        resolve();
      });
      socket.close(1000);
    });
  }

  #connect(): void {
    const { url, token, name, instance } = this.#options;
    const socket = connectWebSocket(url, token, HANDSHAKE_MS, MAX_RECEIVED_BYTES);
    this.#socket = socket;
    const handshake = setTimeout(() => this.#drop(socket, 'no welcome in time'), HANDSHAKE_MS);
    socket.on('open', () => {
      const client = { name, instance };
      socket.send(encodeFrame({ type: 'hello', id: 'hello', versions: [PROTOCOL], client }));
    });
    socket.on('message', (data, isBinary) => {
      if (isBinary || socket !== this.#socket) return;
      this.#heardAt = performance.now();
      const decoded = decodeHostFrame(data.toString());
      if (decoded.kind === 'malformed') this.#options.log?.warn({ reason: decoded.reason }, 'agent host: bad frame');
      if (decoded.kind !== 'message') return;
      if (decoded.message.type === 'welcome') {
        clearTimeout(handshake);
        this.#onWelcome(socket, decoded.message);
      } else this.#onMessage(socket, decoded.message);
    });
    socket.on('error', (error) => {
      this.#lastProblem = error.message || (error as NodeJS.ErrnoException).code || 'unknown';
    });
    socket.on('close', (code, reason) => {
      clearTimeout(handshake);
      this.#onClose(socket, code, reason.toString());
    });
  }

  #onWelcome(socket: WebSocket, welcome: Welcome): void {
    this.welcome = welcome;
    if (!this.#up) connected.inc();
    this.#up = true;
    this.#attempt = 0;
    this.#options.log?.debug({ agent: welcome.agent.name }, 'agent host: connected');
    clearInterval(this.#heartbeat);
    this.#heartbeat = setInterval(() => this.#beat(socket, welcome.heartbeat_ms), welcome.heartbeat_ms / 4);
    this.#heartbeat.unref();
    this.#events.up();
  }

  #onMessage(socket: WebSocket, message: HostMessage): void {
    if (message.type === 'ping') socket.send(encodeFrame({ type: 'pong', nonce: message.nonce }));
    else if (message.type !== 'pong') this.#events.message(message);
    if (message.type === 'error' && message.re === 'hello') this.#lastProblem = message.message;
  }

  #beat(socket: WebSocket, heartbeatMs: number): void {
    const silent = performance.now() - this.#heardAt;
    if (silent >= heartbeatMs) this.#drop(socket, `silent for ${Math.round(silent)} ms`);
    else if (silent >= heartbeatMs / 2) socket.send(encodeFrame({ type: 'ping', nonce: String(Math.round(silent)) }));
  }

  #drop(socket: WebSocket, problem: string): void {
    this.#lastProblem = problem;
    socket.terminate();
    // A peer that vanished without a word leaves `close` waiting for its own timers.
    this.#onClose(socket, CLOSE.heartbeat, problem);
  }

  #isDown(): void {
    if (this.#up) connected.dec();
    this.#up = false;
  }

  #onClose(socket: WebSocket, code: number, reason: string): void {
    if (socket !== this.#socket) return;
    clearInterval(this.#heartbeat);
    this.#socket = null;
    ends.inc({ reason: REASONS[code] ?? (this.#up ? 'lost' : 'not_reached') });
    this.#isDown();
    if (code !== 1006) this.#lastProblem = `closed with ${code} ${reason}`.trim();
    const fatal = code === CLOSE.unauthorized || code === CLOSE.version;
    this.#options.log?.[fatal ? 'error' : 'debug']({ problem: this.#lastProblem }, 'agent host: disconnected');
    this.#events.down(this.whyDown(), fatal);
    if (this.#closed || !this.#events.needed()) return;
    this.#attempt += 1;
    this.#retry = setTimeout(
      () => {
        this.#retry = undefined;
        if (this.#events.needed()) this.ensure();
      },
      backoff(this.#attempt - 1, RECONNECT_FIRST_MS, RECONNECT_MOST_MS),
    );
  }
}
