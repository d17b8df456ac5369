import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { answerTo, isFinal, surfacesOf } from '../services/cli/demo/person/answers.ts';
import { messagesOf, newest, stateOf } from '../services/cli/demo/person/room-history.ts';
import { dropSchema } from '../shared/store/fresh-database.ts';
import { connectOnce } from '../shared/store/postgres.ts';
import { checkRoom } from './check-room.ts';
import { HttpProxy, PASS } from './http-proxy.ts';
import { outsideHomeserver } from './outside-homeserver.ts';
import type { Homeserver } from './people.ts';
import { type Resident, TestStack } from './test-stack.ts';
import { untilTrue } from './until-true.ts';

/** A stack whose Postgres and homeserver stay while it is down. */
async function stackOnOutsideServers(env: Record<string, string> = {}) {
  const { homeserver, bot } = await outsideHomeserver();
  return { ...onServers(homeserver, bot.access_token, env), homeserver };
}

/**
 * With a homeserver that forgets transactions when told to: whatever is sent a second time after that is there twice, as
 * it would be a day later.
 */
async function forgetfulStack() {
  const { homeserver, bot } = await outsideHomeserver();
  const proxy = await new HttpProxy(homeserver.url).start();
  let life = 0;
  let slow = false;
  proxy.fate = (call) => {
    const path = call.path.replace(/\/send\/[^/]+\/[^/?]+/, (send) => `${send}.${life}`);
    // What is passed on is what stands here.
    Object.assign(call, { path });
    return slow && path.includes('/messages') ? { do: 'delay', ms: 1_000 } : PASS;
  };
  return {
    ...onServers({ ...homeserver, url: proxy.url }, bot.access_token),
    homeserver,
    forget: () => {
      life += 1;
    },
    /** Reading rooms back takes long enough to be met in the middle. */
    slowDown: (on: boolean) => {
      slow = on;
    },
    stop: () => proxy.stop(),
  };
}

function onServers(homeserver: Homeserver, token: string, env: Record<string, string> = {}) {
  const url = process.env.DATABASE_URL!;
  const namespace = `lost_${randomBytes(4).toString('hex')}`;
  const stack = new TestStack({
    env: {
      MATRIX_HOMESERVER_URL: homeserver.url,
      MATRIX_ACCESS_TOKEN: token,
      DATABASE_URL: url,
      SURFACES_NAMESPACE: namespace,
      ...env,
    },
  });
  return { stack, record: new TestRecord(url, namespace) };
}

/** The stack's tables, for what happens to databases. */
class TestRecord {
  readonly #url: string;
  readonly #namespace: string;

  constructor(url: string, namespace: string) {
    this.#url = url;
    this.#namespace = namespace;
  }

  lose(): Promise<void> {
    return dropSchema(this.#url, this.#namespace);
  }

  /** A copy of all tables. @returns what puts it in their place again, where no role runs. */
  async copy(): Promise<() => Promise<void>> {
    const copy = `${this.#namespace}_copy`;
    await this.#query(`CREATE SCHEMA ${copy}`);
    const tables = await this.#query<{ name: string }>(
      `SELECT tablename AS name FROM pg_tables WHERE schemaname = '${this.#namespace}' AND tablename <> '_prisma_migrations'`,
    );
    // All as it was at one moment, as a backup has it, while answers go on.
    const copies = tables.map(({ name }) => `CREATE TABLE ${copy}.${name} AS TABLE ${name};`);
    await this.#query(`BEGIN ISOLATION LEVEL REPEATABLE READ; ${copies.join(' ')} COMMIT`);
    return async () => {
      for (const { name } of tables) {
        await this.#query(`TRUNCATE ${name}`);
        await this.#query(`INSERT INTO ${name} SELECT * FROM ${copy}.${name}`);
      }
      await dropSchema(this.#url, copy);
    };
  }

  async knows(event: string): Promise<boolean> {
    return (await this.#query(`SELECT FROM lane_item WHERE key = '${event}'`)).length > 0;
  }

  /** All that came in, and all that is to be said, is so many hours older. */
  async age(hours: number): Promise<void> {
    await this.#query(`UPDATE lane_item SET received_at = received_at - interval '${hours} hours'`);
    await this.#query(`UPDATE lane_send SET created_at = created_at - interval '${hours} hours'`);
  }

  async #query<Row extends object>(text: string): Promise<Row[]> {
    const connection = await connectOnce(this.#url, this.#namespace, 'surfaces test');
    try {
      return (await connection.query<Row>(text)).rows;
    } finally {
      await connection.end();
    }
  }

  async isLookingBack(): Promise<boolean> {
    const rows = await this.#query<{ token: string }>('SELECT token FROM lane_cursor').catch(() => []);
    return rows.some(({ token }) => token.startsWith('looking back'));
  }
}

const say = async (ann: Resident, room: string, text: string) => (await ann.person.say(room, text)).eventId;

async function answered(ann: Resident, room: string, question: string): Promise<string> {
  const answer = () => {
    const found = answerTo(ann.person.room(room), ann.bot, question);
    return isFinal(found) && found;
  };
  return (await ann.person.until(`the answer to ${question}`, answer, 90_000)).text;
}

async function newRoom(ann: Resident, name: string): Promise<string> {
  const reply = await ann.command(`!new ${name}`);
  const room = decodeURIComponent(/https:\/\/matrix\.to\/#\/([^?)\s]+)/.exec(reply.text)![1]!);
  await ann.person.until(`an invitation to ${room}`, () => ann.person.invitations.has(room));
  await ann.person.join(room);
  await ann.person.until(`${room} to be seen`, () => sessionIn(ann, room));
  return room;
}

const sessionIn = (ann: Resident, room: string) =>
  stateOf(ann.person.room(room), 'dev.surfaces.room')?.content.session_id;

const breaches = (ann: Resident, room: string, unanswered: readonly string[] = []) =>
  checkRoom(ann.person.room(room), { bot: ann.bot, complete: true, unanswered: new Set(unanswered) });

const notices = (ann: Resident, room: string, code: string) =>
  messagesOf(ann.person.room(room)).filter((message) => surfacesOf(message).code === code);

/** The supervisor first, so that nothing is started again. */
function killEverything(stack: TestStack): void {
  const status = readFileSync(`/proc/${stack.role('ingress').pid}/status`, 'utf8');
  process.kill(Number(/^PPid:\s*(\d+)/m.exec(status)?.[1]), 'SIGKILL');
  for (const { pid } of stack.stack.roles) process.kill(pid, 'SIGKILL');
}

describe('the database lost', () => {
  let stack: TestStack;
  let homeserver: Homeserver;
  let record: TestRecord;
  let servers: Awaited<ReturnType<typeof forgetfulStack>>;
  beforeAll(async () => {
    servers = await forgetfulStack();
    ({ stack, homeserver, record } = servers);
    await stack.up();
  }, 240_000);
  afterAll(async () => {
    await stack?.end();
    servers?.stop();
    await record?.lose();
  }, 60_000);

  test('everything comes back from Matrix, what nobody answered is answered once, and the conversations go on', async () => {
    const [ann, bob] = await Promise.all([stack.atHome('ann', homeserver), stack.atHome('bob', homeserver)]);
    const second = await newRoom(ann, 'Second thoughts');
    const sessions = [ann.home.room, second].map((room) => sessionIn(ann, room));
    await ann.ask('demo remember the blue door');
    await answered(ann, second, await say(ann, second, 'demo remember the green door'));
    await bob.ask('demo words=3 pace=1');
    await bob.command('!help');
    await stack.down();
    const one = await ann.say('demo words=1 pace=1 [[one]]');
    const two = await ann.say('demo words=1 pace=1 [[two]]');
    const other = await say(ann, second, 'demo recall');
    await record.lose();
    servers.forget();
    await stack.up();
    expect((await ann.untilAnswered(one)).text).toBe('[[one]] word1');
    expect((await ann.untilAnswered(two)).text).toBe('[[two]] word1');
    const recalled = await answered(ann, second, other);
    expect(recalled).toContain('the green door');
    expect(recalled).not.toContain('the blue door');
    expect((await ann.ask('demo recall')).text).toContain('the blue door');
    expect((await bob.ask('demo words=1 pace=1')).text).toBe('word1');
    const rooms = (await ann.command('!rooms')).text;
    for (const room of [ann.home.room, second]) expect(rooms).toContain(encodeURIComponent(room));
    expect([ann.home.room, second].map((room) => sessionIn(ann, room))).toEqual(sessions);
    for (const room of [ann.home.room, second]) expect(breaches(ann, room)).toEqual([]);
    expect(bob.breaches()).toEqual([]);
    expect(ann.person.invitations.size).toBe(0);
  }, 240_000);

  test('of 30 messages that wait the newest 20 are answered, in order, and one notice tells of the rest', async () => {
    const ann = await stack.atHome('ann', homeserver);
    await ann.ask('demo words=1 pace=1');
    await stack.down();
    const asked: string[] = [];
    for (let index = 1; index <= 30; index++) asked.push(await ann.say(`demo words=1 pace=1 [[m${index}]]`));
    await record.lose();
    servers.forget();
    await stack.up();
    for (const [index, question] of asked.entries())
      if (index >= 10) expect((await ann.untilAnswered(question)).text).toBe(`[[m${index + 1}]] word1`);
    const told = notices(ann, ann.home.room, 'too_old');
    expect(told).toHaveLength(1);
    expect(surfacesOf(told[0]!).in_response_to).toBe(asked[9]);
    expect(newest(told[0]!).content.body).toContain('10 messages');
    expect(breaches(ann, ann.home.room, asked.slice(0, 10))).toEqual([]);
    // Lost again, that is not told again.
    await stack.down();
    await record.lose();
    servers.forget();
    await stack.up();
    expect((await ann.ask('demo words=2 pace=1')).text).toBe('word1 word2');
    expect(notices(ann, ann.home.room, 'too_old')).toHaveLength(1);
    expect(breaches(ann, ann.home.room, asked.slice(0, 10))).toEqual([]);
  }, 240_000);

  test('killed with an answer in mid-stream: the same message goes on, or is closed', async () => {
    const ann = await stack.atHome('ann', homeserver);
    await ann.ask('demo words=1 pace=1');
    const question = await ann.say('demo words=300 pace=30');
    await ann.untilShows(question, 'word40');
    const next = await ann.say('demo words=1 pace=1 [[next]]');
    killEverything(stack);
    const [message] = ann.answer(question).parts;
    await record.lose();
    servers.forget();
    await stack.up();
    const answer = await ann.untilAnswered(question, 60_000);
    expect(answer.parts.map(({ eventId }) => eventId)).toEqual([message!.eventId]);
    expect(answer.text).toContain('word40');
    expect((await ann.untilAnswered(next)).text).toBe('[[next]] word1');
    expect(ann.breaches()).toEqual([]);
  }, 240_000);

  test.each([
    [100, 700],
    [400, 1_200],
    ['looking back', 300],
  ] as const)(
    'ingress killed while it looks back, %s and %s ms after it came',
    async (...moments) => {
      const ann = await stack.atHome('ann', homeserver);
      await ann.ask('demo words=1 pace=1');
      await stack.down();
      const asked: string[] = [];
      for (let index = 1; index <= 4; index++) asked.push(await ann.say(`demo words=1 pace=1 [[m${index}]]`));
      await record.lose();
      servers.forget();
      servers.slowDown(true);
      const up = stack.up();
      const kill = async () => {
        let known = 0;
        for (const moment of moments) {
          await untilTrue('another ingress', () => stack.role('ingress').pid !== known, 60_000);
          if (typeof moment === 'number') await new Promise((resolve) => setTimeout(resolve, moment));
          else await untilTrue('a look back', () => record.isLookingBack(), 60_000);
          known = stack.kill('ingress');
        }
      };
      await Promise.all([up, kill()]);
      servers.slowDown(false);
      for (const [index, question] of asked.entries())
        expect((await ann.untilAnswered(question)).text).toBe(`[[m${index + 1}]] word1`);
      expect((await ann.ask('demo words=1 pace=1')).text).toBe('word1');
      expect(ann.breaches()).toEqual([]);
    },
    240_000,
  );

  test('restored from a copy that is older: nothing twice, newer rooms are there, what is new is answered', async () => {
    const ann = await stack.atHome('ann', homeserver);
    await ann.ask('demo remember the first');
    const restore = await record.copy();
    const since = await ann.ask('demo remember the second');
    const room = await newRoom(ann, 'Newer than the copy');
    await answered(ann, room, await say(ann, room, 'demo remember the third'));
    await stack.down();
    const one = await ann.say('demo recall');
    const other = await say(ann, room, 'demo recall');
    await restore();
    servers.forget();
    await stack.up();
    expect((await ann.untilAnswered(one)).text).toMatch(/the first[\s\S]*the second/);
    expect(await answered(ann, room, other)).toContain('the third');
    expect((await ann.command('!rooms')).text).toContain(encodeURIComponent(room));
    expect(ann.answer(since.question).parts).toHaveLength(1);
    for (const each of [ann.home.room, room]) expect(breaches(ann, each)).toEqual([]);
  }, 240_000);
});

describe('a copy of more than a day ago', () => {
  test('what waited in it and was answered since is not answered again', async () => {
    const { stack, homeserver, record, forget, stop } = await forgetfulStack();
    try {
      await stack.up();
      const ann = await stack.atHome('ann', homeserver);
      await ann.ask('demo words=1 pace=1');
      const running = await ann.say('demo words=80 pace=30');
      await ann.untilShows(running, 'word5');
      const waiting = await ann.say('demo words=1 pace=1 [[waiting]]');
      await untilTrue('it to be taken in', () => record.knows(waiting));
      const restore = await record.copy();
      await ann.untilAnswered(waiting);
      await stack.down();
      await restore();
      await record.age(30);
      forget();
      await stack.up();
      expect((await ann.ask('demo words=1 pace=1 [[new]]')).text).toBe('[[new]] word1');
      expect(ann.answer(waiting).parts).toHaveLength(1);
      expect(ann.breaches()).toEqual([]);
    } finally {
      await stack.end();
      stop();
      await record.lose();
    }
  }, 240_000);
});

describe('with a homeserver that remembers transactions', () => {
  const AGE_S = 15;
  let stack: TestStack;
  let homeserver: Homeserver;
  let record: TestRecord;
  beforeAll(async () => {
    ({ stack, homeserver, record } = await stackOnOutsideServers({ SURFACES_CATCH_UP_AGE: `${AGE_S}s` }));
    await stack.up();
  }, 240_000);
  afterAll(async () => {
    await stack?.end();
    await record?.lose();
  }, 60_000);

  test('an answer that streamed is closed with what stood there; what is too old is told; `!retry` asks again', async () => {
    const [ann, bob] = await Promise.all([stack.atHome('ann', homeserver), stack.atHome('bob', homeserver)]);
    const question = await ann.say('demo words=300 pace=30');
    await ann.untilShows(question, 'word40');
    killEverything(stack);
    const [message] = ann.answer(question).parts;
    const late = await bob.say('demo words=1 pace=1 [[late]]');
    const sent = Date.now();
    await record.lose();
    await untilTrue('it to be too late', () => Date.now() > sent + (AGE_S + 1) * 1_000);
    await stack.up();
    const answer = await ann.untilAnswered(question, 60_000);
    expect(answer).toMatchObject({ state: 'failed', code: 'interrupted' });
    expect(answer.parts.map(({ eventId }) => eventId)).toEqual([message!.eventId]);
    expect(answer.text).toContain('word40');
    expect(answer.text).toContain('!retry');
    const told = await bob.person.until('the notice', () => notices(bob, bob.home.room, 'too_old')[0]);
    expect(surfacesOf(told).in_response_to).toBe(late);
    expect((await bob.ask('demo words=1 pace=1')).text).toBe('word1');
    const retry = await ann.say('!retry');
    expect((await ann.untilAnswered(retry)).text).toContain('word300');
    expect(ann.breaches()).toEqual([]);
    expect(breaches(bob, bob.home.room, [late])).toEqual([]);
  }, 240_000);

  test('restored from a copy of the middle of an answer: what was answered since is not answered again', async () => {
    const ann = await stack.atHome('ann', homeserver);
    const streamed = await ann.say('demo words=60 pace=30 first=300');
    await ann.untilShows(streamed, 'word10');
    const waited = await ann.say('demo words=40 pace=10 [[waited]]');
    const restore = await record.copy();
    await ann.untilAnswered(waited);
    await ann.ask('demo words=1 pace=1 [[since]]');
    const seen = ann.person.room(ann.home.room).events.length;
    await stack.down();
    await restore();
    await stack.up();
    expect((await ann.ask('demo words=1 pace=1 [[new]]')).text).toBe('[[new]] word1');
    expect(ann.breaches()).toEqual([]);
    const ours = ann.person
      .room(ann.home.room)
      .events.slice(seen)
      .filter(({ event }) => event.sender === ann.bot);
    expect(
      new Set(
        ours.map(({ event }) => (event.content['m.new_content'] ?? event.content)['dev.surfaces']?.in_response_to),
      ).size,
    ).toBe(1);
  }, 240_000);
});
