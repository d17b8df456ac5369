import type { RoomId, UserId } from '../ids/ids.ts';
import { type MatrixHttp, path } from './http.ts';

const SHOWN_MS = 30_000;
const TRY_MS = 5_000;

/**
 * “Is typing”, the least of all that is sent: one request at a time, newest wish wins, none while anything else is on its
 * way. To be wished again before 30 s are over. What was never shown need not be ended.
 */
export class Typing {
  readonly #http: MatrixHttp;
  readonly #busy: () => boolean;
  readonly #closed: AbortSignal;
  readonly #wanted = new Map<RoomId, { self: UserId; on: boolean }>();
  readonly #shown = new Set<RoomId>();
  #running = false;

  constructor(http: MatrixHttp, busy: () => boolean, closed: AbortSignal) {
    this.#http = http;
    this.#busy = busy;
    this.#closed = closed;
  }

  show(room: RoomId, self: UserId, on: boolean): void {
    this.#wanted.delete(room);
    if (!on && !this.#shown.has(room)) return;
    if (on && this.#busy()) return;
    this.#wanted.set(room, { self, on });
    void this.#drain();
  }

  async #drain(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    for (const [room, { self, on }] of this.#wanted) {
      this.#wanted.delete(room);
      if (this.#closed.aborted) break;
      if (on && this.#busy()) continue;
      if (on) this.#shown.add(room);
      else this.#shown.delete(room);
      await this.#put(room, self, on);
    }
    this.#running = false;
  }

  async #put(room: RoomId, self: UserId, on: boolean): Promise<void> {
    try {
      await this.#http.request({
        kind: 'typing',
        method: 'PUT',
        path: path`/_matrix/client/v3/rooms/${room}/typing/${self}`,
        body: on ? { typing: true, timeout: SHOWN_MS } : { typing: false },
        timeoutMs: TRY_MS,
        signal: this.#closed,
      });
    } catch {
      // Nobody misses it.
    }
  }
}
