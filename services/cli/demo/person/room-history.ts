/** An event as a client gets it. Nothing in it is trusted to be there. */
export type ClientEvent = {
  readonly event_id: string;
  readonly type: string;
  readonly sender: string;
  readonly state_key?: string;
  readonly origin_server_ts: number;
  readonly content: Content;
  readonly unsigned?: { readonly redacted_because?: unknown };
};

export type Content = {
  readonly msgtype?: string;
  readonly body?: string;
  readonly format?: string;
  readonly formatted_body?: string;
  readonly membership?: string;
  readonly 'm.new_content'?: Content;
  readonly 'm.mentions'?: { readonly user_ids?: readonly string[] };
  readonly 'm.relates_to'?: { readonly rel_type?: string; readonly event_id?: string };
  readonly 'org.matrix.msc4357.live'?: object;
  readonly 'dev.surfaces'?: Surfaces;
  readonly [key: string]: unknown;
};

/** `dev.surfaces` of what the bot sends. */
export type Surfaces = {
  readonly op?: string;
  readonly kind?: 'answer' | 'notice' | 'command' | 'permission' | 'file';
  readonly in_response_to?: string;
  readonly state?: 'streaming' | 'done' | 'failed' | 'stopped';
  readonly part?: number;
  readonly last?: boolean;
  readonly code?: string;
  /** A question's id, and how it ended. */
  readonly ask?: string;
  readonly outcome?: 'allowed' | 'rejected' | 'expired';
};

/** One version of a message: as it was sent, or as an edit made it. `at` is when this client got it, in ms of `performance.now()`. */
export type Version = {
  readonly at: number;
  readonly eventId: string;
  /** The whole content of the event, the fallback of an edit included. */
  readonly raw: Content;
  /** What is shown: `m.new_content` of an edit, else the content. */
  readonly content: Content;
};

export type Message = {
  readonly eventId: string;
  readonly sender: string;
  /** Where it stands in the timeline: the index among all events. */
  readonly index: number;
  /** The indexes of its versions, in the same order. */
  readonly indexes: number[];
  readonly versions: Version[];
};

/** All that a person saw of one room, in the order of the timeline, every edit kept. */
export type RoomHistory = {
  readonly roomId: string;
  readonly events: { readonly event: ClientEvent; readonly at: number }[];
  /** Current state by `type` and `type|state_key`. */
  readonly state: Map<string, ClientEvent>;
  readonly known: Set<string>;
};

export function newHistory(roomId: string): RoomHistory {
  return { roomId, events: [], state: new Map(), known: new Set() };
}

/** Adds an event at the end, unless it is there already. */
export function addEvent(history: RoomHistory, event: ClientEvent, at: number): void {
  if (event.state_key !== undefined) setState(history, event);
  if (history.known.has(event.event_id)) return;
  history.known.add(event.event_id);
  history.events.push({ event, at });
}

export function setState(history: RoomHistory, event: ClientEvent): void {
  history.state.set(stateName(event.type, event.state_key ?? ''), event);
}

export function stateOf(history: RoomHistory, type: string, stateKey = ''): ClientEvent | undefined {
  return history.state.get(stateName(type, stateKey));
}

const stateName = (type: string, stateKey: string) => (stateKey === '' ? type : `${type}|${stateKey}`);

/** The messages of a room with all of their versions. Edits count only when they come from the message's own sender. */
export function messagesOf(history: RoomHistory): Message[] {
  const messages = new Map<string, Message>();
  for (const [index, { event, at }] of history.events.entries()) {
    if (event.type !== 'm.room.message') continue;
    const relation = event.content['m.relates_to'];
    const edited = relation?.rel_type === 'm.replace' ? relation.event_id : undefined;
    const version = {
      at,
      eventId: event.event_id,
      raw: event.content,
      content: (edited && event.content['m.new_content']) || event.content,
    };
    if (edited === undefined) {
      messages.set(event.event_id, {
        eventId: event.event_id,
        sender: event.sender,
        index,
        indexes: [index],
        versions: [version],
      });
      continue;
    }
    const target = messages.get(edited);
    if (target?.sender !== event.sender) continue;
    target.versions.push(version);
    target.indexes.push(index);
  }
  return [...messages.values()];
}

export const newest = (message: Message): Version => message.versions.at(-1)!;
