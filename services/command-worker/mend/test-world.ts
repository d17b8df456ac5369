import { randomBytes } from 'node:crypto';
import { type EventId, laneOf, opId, type RoomId, type SessionId, type UserId } from '../../../shared/ids/ids.ts';
import type { LaneItem, Send } from '../../../shared/lane/lane.ts';
import { stopLane } from '../../../shared/lane/stop.ts';
import { type MatrixHttp, path } from '../../../shared/matrix/http.ts';
import type { RoomState } from '../../../shared/matrix/room-state.ts';
import { createRoom, joinRoom, linkChild, putState, stateContent } from '../../../shared/matrix/rooms.ts';
import { newPerson, type TestPerson } from '../../../shared/matrix/test-people.ts';
import type { MendItem, WorkItem } from '../../../shared/matrix/work-item.ts';
import { createLog } from '../../../shared/runtime/log.ts';
import { type FreshDatabase, freshDatabase } from '../../../shared/store/fresh-database.ts';
import { putPerson } from '../../../shared/store/people.ts';
import type { Database } from '../../../shared/store/postgres.ts';
import { putRoom } from '../../../shared/store/rooms.ts';
import type { Utterance } from '../../../shared/surface/port.ts';
import { mend } from './mend.ts';
import type { MendParts } from './mending.ts';
import type { Mending } from './read-action.ts';

class Killed extends Error {}

/** For tests of what mends in Matrix: a real homeserver with the bot and Ann, a record, and items that are run. */
export class MendWorld {
  readonly database: FreshDatabase;
  readonly bot: TestPerson;
  readonly ann: TestPerson;

  private constructor(database: FreshDatabase, bot: TestPerson, ann: TestPerson) {
    this.database = database;
    this.bot = bot;
    this.ann = ann;
  }

  static async open(): Promise<MendWorld> {
    return new MendWorld(
      await freshDatabase(),
      await newPerson('bot', { bot: true }),
      await newPerson('ann', { bot: true }),
    );
  }

  async close(): Promise<void> {
    await Promise.all([this.bot.http.close(), this.ann.http.close()]);
    await this.database.drop();
  }

  /** A room of the bot's making for Ann, in Matrix alone. */
  async make(
    kind: 'space' | 'chat',
    { invite = true, parent }: { invite?: boolean; parent?: RoomId } = {},
  ): Promise<RoomId> {
    const op = opId('test', randomBytes(8).toString('hex'));
    const session = `chat-${op}` as SessionId;
    const { userId: owner } = this.ann;
    return createRoom(this.bot.http, {
      self: this.bot.userId,
      name: `A ${kind}`,
      invite: invite ? [owner] : [],
      ...(parent && { parent }),
      state: { kind, owner, state: 'active', op, ...(kind === 'chat' && { session_id: session }) },
    });
  }

  async record(roomId: RoomId, kind: 'space' | 'chat' | 'dm', name: string | null = `A ${kind}`): Promise<void> {
    const own = (await this.state<RoomState>(roomId, 'dev.surfaces.room')) ?? null;
    const { userId: owner } = this.ann;
    await putRoom(
      this.database,
      { roomId, kind, owner, sessionId: own?.session_id ?? null, state: own?.state ?? 'active', name },
      own?.op ?? null,
    );
    await putPerson(this.database, { userId: owner, ...(kind === 'space' && { spaceId: roomId }) });
  }

  /** Ann's Space with a conversation in it and a DM, where she has come. */
  async home(): Promise<{ space: RoomId; chat: RoomId; dm: RoomId }> {
    const space = await this.make('space');
    const chat = await this.make('chat', { parent: space });
    await linkChild(this.bot.http, space, chat, this.bot.userId);
    const { room_id: dm } = await this.ann.http.request<{ room_id: RoomId }>({
      kind: 'test',
      method: 'POST',
      path: '/_matrix/client/v3/createRoom',
      body: { preset: 'trusted_private_chat', invite: [this.bot.userId] },
    });
    await joinRoom(this.bot.http, dm);
    for (const room of [space, chat]) await joinRoom(this.ann.http, room);
    await this.record(space, 'space');
    await this.record(chat, 'chat');
    await this.record(dm, 'dm', null);
    return { space, chat, dm };
  }

  state<Content>(room: RoomId, type: string, key = ''): Promise<Content | undefined> {
    return stateContent(this.bot.http, room, type, key) as Promise<Content | undefined>;
  }

  async isLinked(space: RoomId, room: RoomId): Promise<boolean> {
    return (await this.state<{ via?: string[] }>(space, 'm.space.child', room))?.via !== undefined;
  }

  membership(room: RoomId, user: UserId): Promise<string | undefined> {
    return this.state<{ membership: string }>(room, 'm.room.member', user).then((content) => content?.membership);
  }

  /** Changes who may do what. @returns the id of the event that says so. */
  async power(room: RoomId, change: object): Promise<EventId> {
    const now = await this.state<object>(room, 'm.room.power_levels');
    return putState(this.bot.http, room, 'm.room.power_levels', '', { ...now, ...change });
  }

  async act(who: TestPerson, room: RoomId, action: 'leave' | 'join' | 'kick' | 'ban' | 'upgrade', body: object = {}) {
    return who.http.request<Record<string, string>>({
      kind: 'test',
      method: 'POST',
      path: path`/_matrix/client/v3/rooms/${room}/${action}`,
      body,
    });
  }

  item(mending: object, event = `$mend-${randomBytes(6).toString('hex')}`): LaneItem<WorkItem> & { body: MendItem } {
    const { userId: sender } = this.ann;
    const room = ('room' in mending ? mending.room : (mending as { space: RoomId }).space) as RoomId;
    const at = { originTs: 0, receivedTs: 0 };
    const body: MendItem = {
      v: 1,
      type: 'mend',
      room,
      sender,
      event: event as EventId,
      ...at,
      mend: mending as Mending,
    };
    const lane = laneOf.person(sender);
    const place = { seq: 1, position: 0, queue: 'commands', receivedAt: 0 };
    return { key: event, lane, ...place, body, amended: false, original: null };
  }

  /**
   * Runs the item of a mend with a worker that dies after its first step outside of itself, then after its second, and so on,
   * until one comes to the end. Then once more, as if that one had died just before its commit. @returns what is said.
   */
  async mend(mending: object): Promise<Utterance['say'][]> {
    const item = this.item(mending);
    let said: Send[] | undefined;
    for (let steps = 1; !said; steps += 1) {
      try {
        said = await mend(item, item.body, this.#parts(steps));
      } catch (error) {
        if (!(error instanceof Killed)) throw error;
      }
    }
    const again = await mend(item, item.body, this.#parts());
    if (JSON.stringify(again) !== JSON.stringify(said)) throw new Error('the second run says something else');
    return said.map(({ body }) => (body as Utterance).say);
  }

  /** The same, and where each of it is said. */
  async mendOnce(mending: object): Promise<Utterance[]> {
    const item = this.item(mending);
    return (await mend(item, item.body, this.#parts())).map(({ body }) => body as Utterance);
  }

  #parts(steps = Number.POSITIVE_INFINITY): MendParts {
    let left = steps;
    const step = async <Answer>(work: Promise<Answer>): Promise<Answer> => {
      const answer = await work;
      left -= 1;
      if (left <= 0) throw new Killed();
      return answer;
    };
    const http: MatrixHttp = { ...this.bot.http, request: (request) => step(this.bot.http.request(request)) };
    const database: Database = {
      statements: 0,
      run: (statement, values) => step(this.database.run(statement, values)),
      close: async () => {},
    };
    return {
      database,
      http,
      self: this.bot.userId,
      stopWork: (stop) => stopLane(database.run, stop),
      log: createLog('silent', {}),
    };
  }
}
