import type { Socket } from 'node:net';
import type { ClientMessage, ClientRequest } from '../../shared/agent-protocol/client-messages.ts';
import { decodeClientFrame, encodeFrame } from '../../shared/agent-protocol/frame.ts';
import type { HostMessage, Welcome } from '../../shared/agent-protocol/host-messages.ts';
import { CLOSE, PROTOCOL } from '../../shared/agent-protocol/protocol.ts';
import type { WebSocket } from '../../shared/agent-protocol/websocket.ts';
import { codeOf } from '../../shared/errors/surfaces-error.ts';
import type { Log } from '../../shared/runtime/log.ts';
import { type Asker, handleRequest, type Services } from './handle-request.ts';
import { errorAnswer, Refusal } from './refusal.ts';
import type { Turn } from './turn.ts';

export type PeerOptions = {
  readonly services: Services;
  readonly welcome: Omit<Welcome, 're'>;
  readonly log: Log;
  /** Said hello as this instance; an older connection of it is to go. */
  readonly onHello: (peer: Peer, instance: string) => void;
  readonly onClose: (peer: Peer) => void;
};

const HELLO_MS = 5_000;
/** Bytes that may wait for a slow client; beyond it events stay where they are, in their turns. */
const HIGH_WATER = 256 * 1024;
/** Requests of one client that are being done; the next ones wait where they are, in the connection. */
const MOST_PENDING = 128;
/** Frames in a row that nobody could read; who sends so many is not a client of this protocol. */
const MOST_MALFORMED = 32;

/** One client's connection. */
export class Peer implements Asker {
  readonly #socket: WebSocket;
  readonly #wire: Socket;
  readonly #options: PeerOptions;
  readonly #turns = new Set<Turn>();
  readonly #heartbeat: NodeJS.Timeout;
  readonly #helloTimer: NodeJS.Timeout;
  #heardAt = performance.now();
  #greeted = false;
  #malformed = 0;
  #pending = 0;
  #corked = false;

  /** @param wire what the WebSocket runs on. */
  constructor(socket: WebSocket, wire: Socket, options: PeerOptions) {
    this.#socket = socket;
    this.#wire = wire;
    this.#options = options;
    const { heartbeat_ms } = options.welcome;
    this.#heartbeat = setInterval(() => this.#beat(heartbeat_ms), heartbeat_ms / 4);
    this.#helloTimer = setTimeout(() => this.close(CLOSE.heartbeat, 'no hello in time'), HELLO_MS);
    socket.on('message', (data, isBinary) => this.#onFrame(isBinary ? null : data.toString()));
    socket.on('pong', () => this.#heard());
    // What is wrong is said by the close that follows; without a listener the process would end.
    socket.on('error', (error) => options.log.debug({ err: error }, 'a client’s connection broke'));
    socket.on('close', () => this.#onClose());
  }

  get writable(): boolean {
    return this.#socket.readyState === this.#socket.OPEN && this.#socket.bufferedAmount < HIGH_WATER;
  }

  send(frame: string): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    this.#cork();
    // A callback for each frame would cost more than the frame: only those that find the buffer full get one.
    if (this.#socket.bufferedAmount + frame.length >= HIGH_WATER) this.#socket.send(frame, () => this.#resume());
    else this.#socket.send(frame);
  }

  /** Sends the turn's events after `afterSeq`, and those to come. */
  follow(turn: Turn, afterSeq: number): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    this.#turns.add(turn);
    turn.attach(this, afterSeq);
  }

  leave(turn: Turn): void {
    this.#turns.delete(turn);
    turn.stream.detach(this);
  }

  close(code: number, reason: string): void {
    clearInterval(this.#heartbeat);
    this.#socket.close(code, reason);
    // A client that does not answer the closing is not waited for. Not at once: the close may be corked still.
    setTimeout(() => this.#socket.terminate(), 1_000).unref();
  }

  /** What is sent in one round of the event loop, by any of the turns, goes out in one write. */
  #cork(): void {
    if (this.#corked) return;
    this.#corked = true;
    this.#wire.cork();
    setImmediate(() => {
      this.#corked = false;
      this.#wire.uncork();
    });
  }

  #resume(): void {
    this.#listen();
    for (const turn of this.#turns) turn.stream.resume(this);
  }

  /** Answers have no place to wait but the connection: who asks faster than they are made or read is not heard meanwhile. */
  #listen(): void {
    const isFull = this.#pending >= MOST_PENDING || this.#socket.bufferedAmount >= HIGH_WATER;
    if (isFull && !this.#socket.isPaused) this.#socket.pause();
    else if (!isFull && this.#socket.isPaused) this.#socket.resume();
  }

  #heard(): void {
    this.#heardAt = performance.now();
  }

  #onFrame(text: string | null): void {
    this.#heard();
    const decoded =
      text === null
        ? { kind: 'malformed' as const, reason: 'binary frames are not understood' }
        : decodeClientFrame(text);
    if (decoded.kind === 'malformed') {
      this.#refuse(decoded.id, new Refusal('bad_request', decoded.reason));
      this.#malformed += 1;
      if (this.#malformed === MOST_MALFORMED) this.close(1008, 'too many malformed frames');
      return;
    }
    this.#malformed = 0;
    if (decoded.kind === 'message') this.#onMessage(decoded.message);
    // Unknown messages change nothing, but who waits for an answer is told that none will come.
    else if (decoded.id) this.#refuse(decoded.id, new Refusal('unsupported', `${decoded.type} is not known here`));
  }

  #onMessage(message: ClientMessage): void {
    if (message.type === 'pong') return;
    if (message.type === 'ping') this.#answer({ type: 'pong', nonce: message.nonce });
    else if (this.#greeted) this.#onRequest(message);
    else this.#onFirst(message);
  }

  #onRequest(request: ClientRequest): void {
    this.#pending += 1;
    this.#listen();
    handleRequest(request, this, this.#options.services)
      .then(
        ({ answer, after }) => {
          this.#answer(answer);
          after?.();
        },
        (error) => this.#refuse(request.id, error),
      )
      .finally(() => {
        this.#pending -= 1;
        this.#listen();
      });
  }

  #onFirst(message: ClientRequest): void {
    if (message.type !== 'hello') {
      this.#refuse(message.id, new Refusal('bad_request', 'the first message has to be hello'));
      return;
    }
    if (!message.versions.includes(PROTOCOL)) {
      this.#refuse(message.id, new Refusal('unsupported_version', `this host speaks ${PROTOCOL}`));
      this.close(CLOSE.version, 'unsupported_version');
      return;
    }
    clearTimeout(this.#helloTimer);
    this.#greeted = true;
    this.#options.onHello(this, message.client.instance);
    this.#options.log.debug({ client: message.client.name }, 'a client connected');
    this.#answer({ ...this.#options.welcome, re: message.id });
  }

  #answer(message: HostMessage): void {
    this.send(encodeFrame(message));
    this.#listen();
  }

  #refuse(re: string | undefined, error: unknown): void {
    let refusal = error;
    if (!(refusal instanceof Refusal)) {
      this.#options.log.error({ err: error, code: codeOf(error) }, 'a request failed');
      refusal = new Refusal('internal', 'the host failed; its log says why');
    }
    this.#answer(errorAnswer(re, refusal as Refusal));
  }

  #beat(heartbeatMs: number): void {
    for (const turn of this.#turns) if (turn.isStale(Date.now())) this.leave(turn);
    if (this.#socket.isPaused) this.#heard();
    const silent = performance.now() - this.#heardAt;
    if (silent >= heartbeatMs) {
      this.close(CLOSE.heartbeat, 'silent');
    } else if (silent >= heartbeatMs / 2) this.#answer({ type: 'ping', nonce: String(Math.round(silent)) });
  }

  #onClose(): void {
    clearInterval(this.#heartbeat);
    clearTimeout(this.#helloTimer);
    for (const turn of this.#turns) turn.stream.detach(this);
    this.#turns.clear();
    this.#options.onClose(this);
  }
}
