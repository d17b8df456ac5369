import { connectWebSocket, type WebSocket } from '../../../shared/agent-protocol/websocket.ts';
import { Breach, demand } from './breach.ts';
import { type Frame, NO_MESSAGE, type Passed } from './frame.ts';

const PATIENCE_MS = 10_000;
const MOST_BYTES = 64 * 1024 * 1024;

/** A client without any cleverness: what it sends is what a rule says, and everything that came stays to be looked at. */
export class RawClient {
  readonly frames: Frame[] = [];
  readonly passed: Passed[] = [];
  closed: { code: number; reason: string; at: number } | undefined;
  /** Answers of a client that is well to the host's pings. */
  answersPings = true;
  readonly #socket: WebSocket;
  readonly #patienceMs: number;
  readonly #waiters = new Set<() => void>();
  #nextId = 0;
  #cut = false;

  private constructor(socket: WebSocket, patienceMs: number) {
    this.#socket = socket;
    this.#patienceMs = patienceMs;
    socket.on('message', (data, isBinary) => this.#onFrame(data as Buffer, isBinary));
    socket.on('error', () => {});
    socket.on('close', (code, reason) => {
      this.closed = { code, reason: this.#cut ? 'cut by the suite' : reason.toString(), at: performance.now() };
      this.#stir();
    });
  }

  static async connect(url: string, token: string, patienceMs = PATIENCE_MS): Promise<RawClient> {
    const socket = connectWebSocket(url, token, patienceMs, MOST_BYTES);
    const client = new RawClient(socket, patienceMs);
    await new Promise<void>((resolve, reject) => socket.once('open', resolve).once('error', reject));
    return client;
  }

  /** Connected, and greeted. */
  static async greeted(url: string, token: string, instance = crypto.randomUUID(), patienceMs = PATIENCE_MS) {
    const client = await RawClient.connect(url, token, patienceMs);
    await client.greet(instance);
    return client;
  }

  greet(instance: string): Promise<Frame> {
    const client = { name: 'conformance', instance };
    return this.request({ type: 'hello', versions: ['surfaces.agent/1'], client }, 'welcome');
  }

  send(message: Record<string, unknown> | string | Buffer): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    this.passed.push({ at: performance.now(), from: 'client', sent: message });
    const isRaw = typeof message === 'string' || Buffer.isBuffer(message);
    this.#socket.send(isRaw ? message : JSON.stringify(message));
  }

  /** Sends a request and waits for its answer. @throws Breach where it is of another type than `expected`. */
  async request(message: Record<string, unknown>, expected?: string): Promise<Frame> {
    const id = message.id ?? `r${++this.#nextId}`;
    const before = this.frames.length;
    this.send({ id, ...message });
    const answer = await this.until((frame) => frame.re === id, `an answer to ${message.type}`, before);
    demand(!expected || answer.type === expected, `${expected} as the answer to ${message.type}`, answer, answer);
    return answer;
  }

  /** The first frame that is as asked for, also of those that came before, or of those from the place `from` on. */
  async until(wanted: (frame: Frame) => boolean, what: string, from = 0): Promise<Frame> {
    let seen = from;
    let found: Frame | undefined;
    await this.#untilTrue(() => {
      while (!found && seen < this.frames.length) {
        const frame = this.frames[seen++]!;
        if (wanted(frame)) found = frame;
      }
      return found !== undefined || this.closed !== undefined;
    }, what);
    if (!found) throw new Breach(what, `the close of the connection with ${this.closed?.code} ${this.closed?.reason}`);
    return found;
  }

  /** An event of a turn. @throws Breach as soon as the turn ends without it. */
  async untilEvent(turnId: string, wanted: (frame: Frame) => boolean, what: string, from = 0): Promise<Frame> {
    const isOver = (frame: Frame) => frame.type === 'turn.ended';
    const found = await this.until(
      (frame) => frame.turn_id === turnId && 'seq' in frame && (wanted(frame) || isOver(frame)),
      what,
      from,
    );
    demand(wanted(found), what, found, found);
    return found;
  }

  /** @param withinMs what is given up after, instead of the client's patience. */
  async untilClosed(withinMs?: number): Promise<{ code: number; reason: string; at: number }> {
    await this.#untilTrue(() => this.closed !== undefined, 'the close of the connection by the host', withinMs);
    return this.closed!;
  }

  /** Events of a turn so far, in the order in which they came. */
  eventsOf(turnId: string, from = 0): Frame[] {
    return this.frames.slice(from).filter((frame) => frame.turn_id === turnId && typeof frame.seq === 'number');
  }

  /** All events of a turn, when it has ended. */
  async ended(turnId: string, from = 0): Promise<Frame[]> {
    const isEnd = (frame: Frame) => frame.turn_id === turnId && frame.type === 'turn.ended';
    await this.until(isEnd, `turn.ended of ${turnId}`, from);
    return this.eventsOf(turnId, from);
  }

  /** As a network that fails does it. */
  cut(): void {
    this.#cut = true;
    this.#socket.terminate();
  }

  /** Reads nothing more from the network. */
  stall(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  #onFrame(data: Buffer, isBinary: boolean): void {
    const frame = isBinary ? { type: NO_MESSAGE, binary: data.toString('base64', 0, 60) } : parse(data.toString());
    this.frames.push(frame);
    this.passed.push({ at: performance.now(), from: 'host', frame, bytes: data.length });
    if (frame.type === 'ping' && this.answersPings) this.send({ type: 'pong', nonce: frame.nonce });
    this.#stir();
  }

  #stir(): void {
    for (const waiter of this.#waiters) waiter();
  }

  async #untilTrue(isTrue: () => boolean, what: string, withinMs = this.#patienceMs): Promise<void> {
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
      const timer = setTimeout(() => settle(new Breach(what, `nothing of it within ${withinMs} ms`)), withinMs);
      this.#waiters.add(check);
    });
  }
}

function parse(text: string): Frame {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string')
      return value as Frame;
  } catch {}
  return { type: NO_MESSAGE, text: text.slice(0, 200) };
}
