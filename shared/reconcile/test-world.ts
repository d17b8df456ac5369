import type { RoomId, SessionId, UserId } from '../ids/ids.ts';
import type { MatrixHttp } from '../matrix/http.ts';
import { powerLevels } from '../matrix/room-state.ts';
import type { Answer, TestHttpServers } from '../matrix/test-http-server.ts';

export const BOT = '@bot:here' as UserId;
export const person = (name: string) => `@${name}:here` as UserId;
export const roomId = (name: string) => `!${name}:here` as RoomId;

type Event = { type: string; state_key: string; sender: string; content: unknown; [more: string]: unknown };
type NewRoom = {
  owner: UserId;
  kind?: 'space' | 'chat';
  state?: 'active' | 'archived';
  name?: string;
  children?: RoomId[];
};

/** For tests: the rooms that a bot is in, as a homeserver has them, and a homeserver that shows them. */
export class TestWorld {
  readonly rooms = new Map<RoomId, Event[]>();
  /** Rooms whose /state was asked for, in order. */
  readonly asked: RoomId[] = [];
  /** Answers in the place of a room’s state. */
  readonly instead = new Map<RoomId, Answer>();

  /** A room of ours as the bot makes it: session `s-<name>`, made at one second for each that was there before. */
  add(name: string, { owner, kind = 'chat', state = 'active', name: called = name, children = [] }: NewRoom): RoomId {
    const room = roomId(name);
    const session = kind === 'chat' ? { session_id: `s-${name}` as SessionId } : {};
    this.rooms.set(room, []);
    this.set(room, 'm.room.create', { room_version: '11', ...(kind === 'space' && { type: 'm.space' }) });
    this.set(room, 'dev.surfaces.room', { kind, owner, state, op: `op-${name}`, ...session });
    this.set(room, 'm.room.power_levels', powerLevels(kind, BOT, owner));
    this.set(room, 'm.room.name', { name: called });
    this.set(room, 'm.room.member', { membership: 'join' }, { state_key: BOT });
    this.set(room, 'm.room.member', { membership: 'join' }, { state_key: owner, sender: owner });
    for (const child of children) this.link(room, child);
    return room;
  }

  set(room: RoomId, type: string, content: unknown, { state_key = '', sender = BOT as string } = {}): void {
    const events = this.rooms.get(room)!;
    const others = events.filter((event) => event.type !== type || event.state_key !== state_key);
    const at = 1_000 * (this.rooms.size + 1);
    const event = { type, state_key, sender, content, event_id: `$${type}-${room}`, origin_server_ts: at };
    this.rooms.set(room, [...others, event]);
  }

  link(space: RoomId, room: RoomId): void {
    this.set(space, 'm.space.child', { via: ['here'] }, { state_key: room });
  }

  unlink(space: RoomId, room: RoomId): void {
    this.set(space, 'm.space.child', {}, { state_key: room });
  }

  async serve(servers: TestHttpServers): Promise<MatrixHttp> {
    return servers.homeserver(this.answer);
  }

  readonly answer: Answer = (request, response) => {
    const say = (body: unknown, status = 200) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    };
    const path = decodeURIComponent(request.url!);
    if (path.endsWith('/joined_rooms')) return say({ joined_rooms: [...this.rooms.keys()] });
    if (path.endsWith('/whoami')) return say({ user_id: BOT, device_id: 'D' });
    const room = /\/rooms\/([^/]+)\/state$/.exec(path)?.[1] as RoomId | undefined;
    if (!room) return say({ errcode: 'M_UNRECOGNIZED' }, 404);
    this.asked.push(room);
    const instead = this.instead.get(room);
    if (instead) return instead(request, response);
    const events = this.rooms.get(room);
    return events ? say(events) : say({ errcode: 'M_FORBIDDEN' }, 403);
  };
}
