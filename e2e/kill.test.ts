import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dropFile } from '../services/cli/demo/person/files.ts';
import { findHome } from '../services/cli/demo/person/onboarding.ts';
import { findings, logsOf, RedisTap, secretsOf } from './all-that-was-written.ts';
import { listeningProcess } from './listening-process.ts';
import { type Resident, TestStack } from './test-stack.ts';
import { TraceCollector } from './trace-collector.ts';
import { untilTrue } from './until-true.ts';

const collector = await new TraceCollector().start();
const stack = new TestStack({ env: { SURFACES_LOG_LEVEL: 'debug', OTEL_EXPORTER_OTLP_ENDPOINT: collector.url } });
beforeAll(() => stack.up(), 240_000);
afterAll(() => stack.end().finally(() => collector.stop()), 60_000);

const words = (count: number) => Array.from({ length: count }, (_, index) => `word${index + 1}`).join(' ');

/** Kills while an answer streams, and reports what was measured beside the test. */
async function killWhileStreaming(
  kill: (ann: Resident) => void | Promise<void>,
  seen: string,
  note: (text: string) => void,
): Promise<{ ann: Resident; question: string }> {
  const ann = await stack.atHome();
  const question = await ann.say('demo words=150 pace=30 first=400');
  if (seen) await ann.untilShows(question, seen);
  const began = performance.now();
  await kill(ann);
  const before = ann.answer(question);
  await ann.person.until('the answer to grow again', () => {
    const now = ann.answer(question);
    return now.text.length > before.text.length || now.finalAt !== undefined;
  });
  note(`grew again after ${Math.round(performance.now() - began)} ms`);
  return { ann, question };
}

const IN_THE_MIDDLE = [
  ['turn-worker', ''],
  ['turn-worker', 'word1 '],
  ['turn-worker', 'word60'],
  ['turn-worker', 'word120'],
  ['ingress', 'word40'],
  ['command-worker', 'word40'],
  ['reconcile-worker', 'word40'],
  ['ops', 'word40'],
] as const;

describe('a role killed while an answer streams', () => {
  test.each(IN_THE_MIDDLE)(
    '%s, when “%s” is seen: the same message goes on',
    async (role, seen) => {
      let back: ReturnType<typeof stack.untilBack> | undefined;
      const note = (text: string) => console.log(`${role}${seen && ` at ${seen}`}: ${text}`);
      const { ann, question } = await killWhileStreaming(
        () => {
          back = stack.untilBack(role, stack.kill(role));
        },
        seen,
        note,
      );
      const answer = await ann.untilAnswered(question);
      expect(answer).toMatchObject({ text: words(150), state: 'done' });
      expect(answer.parts).toHaveLength(1);
      // What a person has read does not disappear again.
      const lengths = answer.parts[0]!.versions.map(({ content }) => content.body!.length);
      expect(lengths).toEqual(lengths.toSorted((one, other) => one - other));
      const { pidMs, readyMs } = (await back)!;
      note(`new pid after ${Math.round(pidMs)} ms, ready after ${Math.round(readyMs)} ms`);
      expect((await ann.ask('demo words=1 pace=1')).text).toBe('word1');
      expect(ann.breaches()).toEqual([]);
    },
    90_000,
  );

  test.each(['', 'word40'])(
    'agent-host, when “%s” is seen: the turn is closed and the room goes on',
    async (seen) => {
      let killed = 0;
      const { ann, question } = await killWhileStreaming(
        () => {
          killed = stack.kill('agent-host');
        },
        seen,
        (text) => console.log(`agent-host: ${text}`),
      );
      const answer = await ann.untilAnswered(question);
      if (seen) {
        expect(answer).toMatchObject({ state: 'failed', code: 'interrupted' });
        expect(answer.text).toContain('word40');
      }
      await stack.untilBack('agent-host', killed);
      expect((await ann.ask('demo words=1 pace=1')).text).toBe('word1');
      expect(ann.breaches()).toEqual([]);
    },
    90_000,
  );

  test('Redis: the answer goes on, and so do new ones', async () => {
    const { ann, question } = await killWhileStreaming(
      () => {
        process.kill(listeningProcess(Number(new URL(stack.stack.redis_url).port)), 'SIGKILL');
      },
      'word40',
      (text) => console.log(`redis: ${text}`),
    );
    const next = await ann.say('demo words=2 pace=1');
    expect((await ann.untilAnswered(question)).text).toBe(words(150));
    expect((await ann.untilAnswered(next)).text).toBe('word1 word2');
    expect(ann.breaches()).toEqual([]);
  }, 90_000);

  test('Postgres: the answer goes on, and so do new ones', async () => {
    const { ann, question } = await killWhileStreaming(
      () => {
        process.kill(listeningProcess(Number(new URL(stack.stack.database_url).port)), 'SIGKILL');
      },
      'word40',
      (text) => console.log(`postgres: ${text}`),
    );
    const next = await ann.say('demo words=2 pace=1');
    expect((await ann.untilAnswered(question)).text).toBe(words(150));
    expect((await ann.untilAnswered(next)).text).toBe('word1 word2');
    expect(ann.breaches()).toEqual([]);
  }, 90_000);

  test('all roles at once, with messages waiting', async () => {
    const waiting: string[] = [];
    const { ann, question } = await killWhileStreaming(
      async (ann) => {
        for (const { pid, role } of stack.stack.roles) if (role !== 'agent-host') process.kill(pid, 'SIGKILL');
        for (let index = 1; index <= 30; index++) waiting.push(await ann.say(`demo words=1 pace=1 [[w${index}]]`));
      },
      'word20',
      (text) => console.log(`everything: ${text}`),
    );
    expect((await ann.untilAnswered(question)).text).toBe(words(150));
    for (const [index, eventId] of waiting.entries()) {
      expect((await ann.untilAnswered(eventId)).text).toBe(`[[w${index + 1}]] word1`);
    }
    expect(ann.breaches()).toEqual([]);
  }, 120_000);
});

describe('the command worker killed while it answers an invitation', () => {
  // From before the first call of it to after the last.
  test.each([0, 40, 90, 150, 250])(
    '%i ms after the invitation: one Space, one room',
    async (ms) => {
      const person = await stack.person();
      await person.startDm(stack.bot);
      await new Promise((resolve) => setTimeout(resolve, ms));
      const killed = stack.kill('command-worker');
      const accept = async () => {
        for (const { roomId, inviter } of [...person.invitations.values()]) {
          if (inviter === stack.bot) await person.join(roomId);
        }
      };
      for (let tries = 0; tries < 200 && !findHome(person, stack.bot); tries++) {
        await accept();
        await person.until('a page', () => false, 200).catch(() => {});
      }
      expect(findHome(person, stack.bot)).toBeDefined();
      await stack.untilBack('command-worker', killed);
      // A second one finds the same; a second Space would have come with an invitation by then.
      const dm = await person.startDm(stack.bot);
      await person.until('a word in the second DM', () =>
        person.room(dm).events.some(({ event }) => event.sender === stack.bot && event.type === 'm.room.message'),
      );
      expect([...person.invitations.values()]).toEqual([]);
    },
    90_000,
  );
});

test('a role whose port somebody else takes meanwhile comes back with another', async () => {
  const { url } = stack.role('ops');
  // Else the role may be there again before anybody else is.
  process.kill(supervisor(), 'SIGSTOP');
  const killed = stack.kill('ops');
  const other = createServer();
  await untilTrue('the port to be free', async () => {
    other.listen(Number(new URL(url).port), '127.0.0.1');
    await once(other, 'listening');
    return true;
  }).finally(() => process.kill(supervisor(), 'SIGCONT'));
  try {
    await stack.untilBack('ops', killed);
    expect(stack.role('ops').url).not.toBe(url);
    expect(stack.stack.ops?.url).toBe(stack.role('ops').url);
  } finally {
    other.close();
  }
}, 60_000);

test('the supervisor killed: `up` finds what is left and brings the stack up again', async () => {
  const ann = await stack.atHome();
  const question = await ann.say('demo words=100 pace=30');
  await ann.untilShows(question, 'word20');
  process.kill(supervisor(), 'SIGKILL');
  for (const { pid } of stack.stack.roles) process.kill(pid, 'SIGKILL');
  await stack.up();
  const answer = await ann.untilAnswered(question);
  expect(['done', 'failed']).toContain(answer.state);
  expect((await ann.ask('demo words=1 pace=1')).text).toBe('word1');
  expect(ann.breaches()).toEqual([]);
}, 120_000);

describe('what all of this wrote', () => {
  /** Stands in everything that is said here, the names and contents of files included. */
  const WORD = 'quokka';

  test('is no secret anywhere, and nothing that was said outside of the record and the rooms', async () => {
    const tap = await new RedisTap(stack.stack.redis_url).start();
    try {
      const ann = await stack.atHome();
      const { person, home } = ann;
      const file = { name: `${WORD}.txt`, content: Buffer.from(`${WORD} in a file`), type: 'text/plain' };
      const dropped = await dropFile(person, home.room, { ...file, caption: `demo read [[${WORD}]]` });
      expect((await ann.untilAnswered(dropped.eventId)).text).toContain(`${WORD} in a file`);
      for (const text of [
        `demo error [[${WORD}]]`,
        `demo crash [[${WORD}]]`,
        `Is a ${WORD} happy?`,
        `demo file ${WORD}.md`,
      ])
        expect((await ann.ask(text)).text).toContain(text.startsWith('demo file') ? '' : WORD);
      for (const text of [`!rename ${WORD} room`, `!${WORD}`, `!save ${WORD}`]) await ann.command(text);
      const asking = await ann.say(`demo ask ${WORD}`);
      await ann.untilAsked(WORD);
      await ann.command(`!no ${WORD}`);
      await ann.untilAnswered(asking);
      const question = await ann.say(`demo words=80 pace=30 [[${WORD}]]`);
      await ann.untilShows(question, 'word20');
      const back = stack.untilBack('turn-worker', stack.kill('turn-worker'));
      await ann.untilAnswered(question);
      await back;
      const wrote = [...logsOf(stack.home), ...(await tap.all())];
      // What jobs carry is seen: the lane, and nothing else.
      expect(wrote.find(({ where }) => where === 'commands to Redis')?.text).toContain(`room/${home.room}`);
      expect(findings(wrote, [WORD])).toEqual([]);
      const rooms = [home.space, home.room, home.dm].map((id) => ({
        where: id,
        text: JSON.stringify(person.room(id)),
      }));
      const traces = { where: 'traces', text: collector.bodies.join('\n') };
      expect(findings([traces], [WORD])).toEqual([]);
      const secrets = [...secretsOf(stack.home), person.login.accessToken];
      expect(secrets.length).toBeGreaterThan(5);
      expect(findings([...wrote, ...rooms, traces], secrets)).toEqual([]);
    } finally {
      tap.stop();
    }
  }, 120_000);

  test('leads from an event to all lines about it, and to one trace from /sync to the last edit', async () => {
    const ann = await stack.atHome();
    const question = await ann.say('demo tool seconds=1');
    await ann.untilAnswered(question);
    const spans = () => collector.traceWith('event', question);
    const whole = ['turn', 'run the turn'];
    await untilTrue('the trace', () => whole.every((name) => spans().some((span) => span.name === name)));
    const byId = new Map(spans().map((span) => [span.spanId, span]));
    const tree = spans().map(({ service, name, parentSpanId }) => {
      const above = parentSpanId === undefined ? 'nothing' : (byId.get(parentSpanId)?.name ?? 'something unknown');
      return `${service.replace('surfaces-', '')}: ${name} below ${above}`;
    });
    expect(new Set(tree)).toEqual(
      new Set([
        'ingress: take in below nothing',
        'turn-worker: wait in the inbox below take in',
        'turn-worker: take the lane below take in',
        'turn-worker: turn below take in',
        'turn-worker: agent turn below turn',
        'turn-worker: send first words below turn',
        'turn-worker: send edit below turn',
        'turn-worker: send final below turn',
        'agent-host: run the turn below agent turn',
        'agent-host: tool call below run the turn',
      ]),
    );
    const named = (name: string) => spans().find((span) => span.name === name)!;
    expect(named('send final')).toMatchObject({ attributes: { outcome: 'ok', room: ann.home.room } });
    expect(named('turn').to).toBeGreaterThanOrEqual(named('send final').to);
    expect(named('tool call').to - named('tool call').from).toBeGreaterThan(900);

    const end = () =>
      stack
        .log('turn-worker')
        .split('\n')
        .find((line) => line.includes(question) && line.includes('"turn ended"'));
    await untilTrue('the turn’s line', () => end() !== undefined);
    expect(JSON.parse(end()!)).toMatchObject({
      room: ann.home.room,
      event: question,
      state: 'done',
      limited: 0,
      queued_ms: expect.any(Number),
      waited_ms: expect.any(Number),
      words_ms: expect.any(Number),
      total_ms: expect.any(Number),
      edits: expect.any(Number),
    });
  }, 60_000);
});

/** The parent of the roles. */
function supervisor(): number {
  const status = readFileSync(`/proc/${stack.role('ingress').pid}/status`, 'utf8');
  return Number(/^PPid:\s*(\d+)/m.exec(status)?.[1]);
}
