import { type ClientApi, ClientFailure, openClientApi } from './client-api.ts';
import { addEvent, type ClientEvent, newHistory, type RoomHistory, setState } from './room-history.ts';

export type Login = { readonly homeserverUrl: string; readonly userId: string; readonly accessToken: string };

export type Invitation = {
  readonly roomId: string;
  readonly inviter: string | undefined;
  readonly isSpace: boolean;
  readonly name: string | undefined;
};

type SyncPage = {
  next_batch: string;
  rooms?: {
    join?: Record<
      string,
      {
        state?: { events: ClientEvent[] };
        timeline: { events: ClientEvent[]; limited?: boolean; prev_batch?: string };
      }
    >;
    invite?: Record<string, { invite_state: { events: ClientEvent[] } }>;
    leave?: Record<string, { timeline?: { events: ClientEvent[] } }>;
  };
};

const CLIENT = '/_matrix/client/v3';
const FILTER = JSON.stringify({
  presence: { types: [] },
  account_data: { types: [] },
  room: { timeline: { limit: 100 }, ephemeral: { types: [] }, account_data: { types: [] } },
});
const LONG_POLL_MS = 30_000;
/** A gap of more than this many pages of 100 is left open: rooms of demos and tests are shorter. */
const GAP_PAGES = 50;

/** A person at a Matrix client: an account, a `/sync` loop, and everything that was seen, in order. */
export class Person {
  readonly login: Login;
  readonly userId: string;
  readonly api: ClientApi;
  readonly rooms = new Map<string, RoomHistory>();
  readonly invitations = new Map<string, Invitation>();
  readonly #waiting = new Set<() => void>();
  readonly #stopping = new AbortController();
  #loop: Promise<void> | undefined;
  #transaction = 0;
  readonly #run = `${Date.now().toString(36)}${Math.random().toString(36).slice(2, 8)}`;

  constructor(login: Login) {
    this.login = { ...login, homeserverUrl: login.homeserverUrl.replace(/\/$/, '') };
    this.userId = login.userId;
    this.api = openClientApi(login.homeserverUrl, login.accessToken);
  }

  /** Takes in what there is, then goes on in the background until `stop`. */
  async start(): Promise<this> {
    const since = await this.#sync(undefined, 0);
    this.#loop = this.#follow(since);
    return this;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#loop;
  }

  room(roomId: string): RoomHistory {
    const history = this.rooms.get(roomId) ?? newHistory(roomId);
    this.rooms.set(roomId, history);
    return history;
  }

  /**
   * The first thing that `find` finds; asked again whenever something was seen.
   * @throws Error that names `what` after `timeoutMs`.
   */
  async until<T>(what: string, find: () => T | undefined | null | false, timeoutMs = 60_000): Promise<T> {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const found = find();
      if (found) return found;
      const left = deadline - performance.now();
      if (left <= 0) throw new Error(`${this.userId} waited ${timeoutMs / 1000} s in vain for ${what}`);
      await this.#nextPage(left);
    }
  }

  /** Sends a message. `answeredAt` is when the homeserver had taken it, in ms of `performance.now()`. */
  async say(roomId: string, body: string): Promise<{ eventId: string; answeredAt: number }> {
    return this.send(roomId, 'm.room.message', { msgtype: 'm.text', body });
  }

  async send(roomId: string, type: string, content: unknown): Promise<{ eventId: string; answeredAt: number }> {
    const path = `${CLIENT}/rooms/${encodeURIComponent(roomId)}/send/${type}/${this.#run}.${this.#transaction++}`;
    const { event_id } = await this.api<{ event_id: string }>('PUT', path, content);
    return { eventId: event_id, answeredAt: performance.now() };
  }

  async redact(roomId: string, eventId: string): Promise<void> {
    const event = encodeURIComponent(eventId);
    await this.api(
      'PUT',
      `${CLIENT}/rooms/${encodeURIComponent(roomId)}/redact/${event}/${this.#run}.${this.#transaction++}`,
      {},
    );
  }

  async join(roomId: string): Promise<void> {
    await this.api('POST', `${CLIENT}/join/${encodeURIComponent(roomId)}`, {});
  }

  async leave(roomId: string): Promise<void> {
    await this.api('POST', `${CLIENT}/rooms/${encodeURIComponent(roomId)}/leave`, {});
  }

  async invite(roomId: string, userId: string): Promise<void> {
    await this.api('POST', `${CLIENT}/rooms/${encodeURIComponent(roomId)}/invite`, { user_id: userId });
  }

  /** A direct chat with somebody, as a client makes it. */
  async startDm(userId: string): Promise<string> {
    const { room_id } = await this.api<{ room_id: string }>('POST', `${CLIENT}/createRoom`, {
      preset: 'trusted_private_chat',
      is_direct: true,
      invite: [userId],
    });
    return room_id;
  }

  #nextPage(atMostMs: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        this.#waiting.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, atMostMs);
      this.#waiting.add(wake);
    });
  }

  async #follow(since: string): Promise<void> {
    let token = since;
    while (!this.#stopping.signal.aborted) {
      try {
        token = await this.#sync(token, LONG_POLL_MS);
      } catch (error) {
        if (this.#stopping.signal.aborted) return;
        // A homeserver that restarts is a part of what is tried: go on from the same token.
        if (error instanceof ClientFailure && error.status === 401) throw error;
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    }
  }

  async #sync(since: string | undefined, timeout: number): Promise<string> {
    const query = new URLSearchParams({ filter: FILTER, timeout: String(timeout), set_presence: 'offline' });
    if (since) query.set('since', since);
    const page = await this.api<SyncPage>('GET', `${CLIENT}/sync?${query}`, undefined, {
      timeoutMs: timeout + 30_000,
      signal: this.#stopping.signal,
    });
    const at = performance.now();
    for (const [roomId, joined] of Object.entries(page.rooms?.join ?? {})) {
      this.invitations.delete(roomId);
      const history = this.room(roomId);
      // Synapse may repeat an older event here after a newer one was in a timeline (MSC4222 says why).
      for (const event of joined.state?.events ?? []) if (!history.known.has(event.event_id)) setState(history, event);
      if (joined.timeline.limited) await this.#fillGap(history, joined.timeline.prev_batch, at);
      for (const event of joined.timeline.events) addEvent(history, event, at);
    }
    for (const [roomId, invited] of Object.entries(page.rooms?.invite ?? {})) {
      this.invitations.set(roomId, readInvitation(roomId, this.userId, invited.invite_state.events));
    }
    for (const [roomId, left] of Object.entries(page.rooms?.leave ?? {})) {
      this.invitations.delete(roomId);
      for (const event of left.timeline?.events ?? []) addEvent(this.room(roomId), event, at);
    }
    for (const wake of [...this.#waiting]) wake();
    return page.next_batch;
  }

  async #fillGap(history: RoomHistory, from: string | undefined, at: number): Promise<void> {
    const missed: ClientEvent[] = [];
    let token = from;
    for (let page = 0; page < GAP_PAGES && token; page++) {
      const query = new URLSearchParams({ dir: 'b', limit: '100', from: token });
      const path = `${CLIENT}/rooms/${encodeURIComponent(history.roomId)}/messages?${query}`;
      const { chunk, end } = await this.api<{ chunk: ClientEvent[]; end?: string }>('GET', path);
      const known = chunk.findIndex((event) => history.known.has(event.event_id));
      missed.push(...(known < 0 ? chunk : chunk.slice(0, known)));
      token = known < 0 ? end : undefined;
    }
    for (const event of missed.reverse()) {
      if (event.state_key === undefined) addEvent(history, event, at);
    }
  }
}

function readInvitation(roomId: string, self: string, state: readonly ClientEvent[]): Invitation {
  const find = (type: string, stateKey = '') =>
    state.find((event) => event.type === type && event.state_key === stateKey);
  const name = find('m.room.name')?.content.name;
  return {
    roomId,
    inviter: find('m.room.member', self)?.sender,
    isSpace: find('m.room.create')?.content.type === 'm.space',
    name: typeof name === 'string' ? name : undefined,
  };
}
