import { connectWebSocket, type WebSocket } from '../../../shared/agent-protocol/websocket.ts';

/** A frame as it came: the suite checks hosts against the schemas itself, so it trusts nothing. */
export type Frame = Readonly<Record<string, unknown>> & { readonly type: string };

const PATIENCE_MS = 10_000;

/** A client without any cleverness: what it sends is what a rule says, and everything that came stays to be looked at. */
export class RawClient {
  readonly frames: Frame[] = [];
  closed: { code: number; reason: string } | undefined;
  readonly #socket: WebSocket;
  readonly #waiters = new Set<() => void>();
  #nextId = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data) => {
      const frame = JSON.parse(data.toString()) as Frame;
      this.frames.push(frame);
      if (frame.type === 'ping') this.send({ type: 'pong', nonce: frame.nonce });
      this.#stir();
    });
    socket.on('error', () => {});
    socket.on('close', (code, reason) => {
      this.closed = { code, reason: reason.toString() };
      this.#stir();
    });
  }

  static async connect(url: string, token: string): Promise<RawClient> {
    const socket = connectWebSocket(url, token, PATIENCE_MS, 64 * 1024 * 1024);
    const client = new RawClient(socket);
    await new Promise<void>((resolve, reject) => socket.once('open', resolve).once('error', reject));
    return client;
  }

  /** Connected, and greeted. */
  static async greeted(url: string, token: string, instance = crypto.randomUUID()): Promise<RawClient> {
    const client = await RawClient.connect(url, token);
    const versions = ['surfaces.agent/1'];
    await client.request({ type: 'hello', versions, client: { name: 'conformance', instance } }, 'welcome');
    return client;
  }

  send(message: Record<string, unknown> | string | Buffer): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    const isRaw = typeof message === 'string' || Buffer.isBuffer(message);
    this.#socket.send(isRaw ? message : JSON.stringify(message));
  }

  /** Sends a request and waits for its answer. @throws Error where it is of another type than `expected`. */
  async request(message: Record<string, unknown>, expected?: string): Promise<Frame> {
    const id = `r${++this.#nextId}`;
    this.send({ id, ...message });
    const answer = await this.until((frame) => frame.re === (message.id ?? id), `an answer to ${message.type}`);
    if (expected && answer.type !== expected) throw new Error(`${message.type} was answered ${JSON.stringify(answer)}`);
    return answer;
  }

  /** The first frame, also of those that came before, that is as asked for. */
  async until(wanted: (frame: Frame) => boolean, what: string): Promise<Frame> {
    let found = this.frames.find(wanted);
    let seen = this.frames.length;
    await this.#untilTrue(() => {
      while (!found && seen < this.frames.length) {
        const frame = this.frames[seen++]!;
        if (wanted(frame)) found = frame;
      }
      return found !== undefined || this.closed !== undefined;
    }, what);
    if (!found) throw new Error(`closed with ${this.closed?.code} before ${what}`);
    return found;
  }

  async untilClosed(): Promise<{ code: number; reason: string }> {
    await this.#untilTrue(() => this.closed !== undefined, 'the host closes the connection');
    return this.closed!;
  }

  /** Events of a turn so far, in the order in which they came. */
  eventsOf(turnId: string): Frame[] {
    return this.frames.filter((frame) => frame.turn_id === turnId && typeof frame.seq === 'number');
  }

  async ended(turnId: string): Promise<Frame[]> {
    await this.until((frame) => frame.turn_id === turnId && frame.type === 'turn.ended', `${turnId} ends`);
    return this.eventsOf(turnId);
  }

  /** As a network that fails does it. */
  cut(): void {
    this.#socket.terminate();
  }

  /** Reads nothing more from the network. */
  stall(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  #stir(): void {
    for (const waiter of this.#waiters) waiter();
  }

  async #untilTrue(isTrue: () => boolean, what: string): Promise<void> {
    if (isTrue()) return;
    await new Promise<void>((resolve, reject) => {
      const settle = (error?: Error) => {
        clearTimeout(timer);
        this.#waiters.delete(check);
        if (error) reject(error);
        else resolve();
      };
      const check = () => {
        if (isTrue()) settle();
      };
      const timer = setTimeout(() => settle(new Error(`waited ${PATIENCE_MS} ms in vain: ${what}`)), PATIENCE_MS);
      this.#waiters.add(check);
    });
  }
}
