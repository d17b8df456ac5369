import type { ServerResponse } from 'node:http';

/** One rendering for all; so often, where somebody listens. */
export const LIVE_MS = 3_000;
/** Then a listener has to come again, and with that through the gate: nobody listens on after their session has ended. */
export const LISTEN_MS = 60_000;
/** Comes again so soon after an end. */
const RETRY_MS = 1_000;

/** Server-sent events: to each listener what is now, and then what has changed. */
export class LiveFeed {
  readonly #render: () => Promise<string>;
  readonly #failed: (error: unknown) => void;
  readonly #liveMs: number;
  readonly #listenMs: number;
  readonly #listeners = new Map<ServerResponse, { sent: number; readonly until: number }>();
  #timer: NodeJS.Timeout | undefined;
  #rendering: Promise<void> | undefined;
  #last = '';
  /** Of the last change; behind a start of this process it is another one than before. */
  #version = Date.now();
  renderings = 0;

  /** @param failed is told when nothing could be rendered: listeners stay with what they have. */
  constructor(
    render: () => Promise<string>,
    failed: (error: unknown) => void,
    { liveMs = LIVE_MS, listenMs = LISTEN_MS } = {},
  ) {
    this.#render = render;
    this.#failed = failed;
    this.#liveMs = liveMs;
    this.#listenMs = listenMs;
  }

  get listening(): number {
    return this.#listeners.size;
  }

  /** Takes over a response. @param knows the version that the listener has already, as `last-event-id` says it. */
  add(response: ServerResponse, headers: Readonly<Record<string, unknown>>, knows: string | undefined): void {
    response.writeHead(200, { ...(headers as Record<string, string>), 'content-type': 'text/event-stream' });
    response.write(`retry: ${RETRY_MS}\n\n`);
    this.#listeners.set(response, { sent: Number(knows ?? 0), until: performance.now() + this.#listenMs });
    response.on('close', () => this.#remove(response));
    this.#timer ??= setInterval(() => void this.#turn(), this.#liveMs);
    this.#timer.unref();
    void this.#turn();
  }

  /** Ends all streams. */
  close(): void {
    for (const response of this.#listeners.keys()) response.end();
    this.#listeners.clear();
    this.#stopTimer();
  }

  async #turn(): Promise<void> {
    this.#rendering ??= this.#renew()
      .catch(this.#failed)
      .finally(() => {
        this.#rendering = undefined;
      });
    await this.#rendering;
    for (const [response, listener] of this.#listeners) {
      // Who does not read gets the newest when they read again.
      if (this.#last !== '' && listener.sent !== this.#version && !response.writableNeedDrain) {
        response.write(`id: ${this.#version}\ndata: ${JSON.stringify(this.#last)}\n\n`);
        listener.sent = this.#version;
      }
      if (performance.now() > listener.until) response.end();
    }
  }

  async #renew(): Promise<void> {
    const now = await this.#render();
    this.renderings += 1;
    if (now === this.#last) return;
    this.#last = now;
    this.#version += 1;
  }

  #remove(response: ServerResponse): void {
    this.#listeners.delete(response);
    if (this.#listeners.size === 0) this.#stopTimer();
  }

  #stopTimer(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
