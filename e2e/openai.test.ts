import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ScriptedEndpoint } from '../services/agent-host/openai/testing/scripted-endpoint.ts';
import { repliesTo, surfacesOf } from '../services/cli/demo/person/answers.ts';
import { dropFile } from '../services/cli/demo/person/files.ts';
import { stateOf } from '../services/cli/demo/person/room-history.ts';
import { type Resident, TestStack } from './test-stack.ts';

const KEY = 'sk-of-this-test-4711';
let endpoint: ScriptedEndpoint;
let stack: TestStack;
beforeAll(async () => {
  endpoint = await ScriptedEndpoint.start();
  stack = await new TestStack({
    env: {
      AGENT: 'openai',
      OPENAI_BASE_URL: endpoint.baseUrl,
      OPENAI_API_KEY: KEY,
      OPENAI_MODEL: 'scripted',
      OPENAI_CONTEXT_TOKENS: '8000',
      OPENAI_SYSTEM_PROMPT: 'You are of this test.',
    },
  }).up();
}, 240_000);
afterAll(async () => {
  await stack?.end();
  await endpoint?.[Symbol.asyncDispose]();
}, 60_000);

const workspaceOf = (who: Resident) =>
  join(
    stack.stack.agents_dir,
    String(stateOf(who.person.room(who.home.room), 'dev.surfaces.room')?.content.session_id),
  );

describe('a model behind an OpenAI-compatible server', () => {
  test('answers in the room, word by word, and knows what was said before', async () => {
    const ann = await stack.atHome();
    const first = await ann.ask('My name is Ann. [[plain]]');
    expect(first).toMatchObject({ state: 'done', text: 'You said: My name is Ann. [[plain]]' });
    const long = await ann.ask('[[slow 60 20]]');
    expect(long.text).toContain('word60');
    expect(long.edits).toBeGreaterThan(1);
    const { messages, model, stream } = endpoint.requests.at(-1)!.body as unknown as Record<string, never>;
    expect({ model, stream }).toEqual({ model: 'scripted', stream: true });
    expect(JSON.stringify(messages)).toContain('You are of this test.');
    expect(JSON.stringify(messages)).toContain('My name is Ann.');
    expect(ann.breaches()).toEqual([]);
  });

  test('reset, saved and loaded, it knows exactly what it is to know', async () => {
    const ann = await stack.atHome();
    await ann.ask('The word is heron. [[plain]]');
    await ann.command('!save bird');
    await ann.command('!reset');
    await ann.ask('What is it? [[plain]]');
    expect(JSON.stringify(endpoint.requests.at(-1)!.body)).not.toContain('heron');
    await ann.command('!load bird');
    await ann.command('!yes');
    await ann.ask('And now? [[plain]]');
    expect(JSON.stringify(endpoint.requests.at(-1)!.body)).toContain('heron');
    expect((await ann.command('!context')).text).toMatch(/8,000/);
  }, 90_000);

  test('writes a file once it is allowed to, and gives it to the person', async () => {
    const ann = await stack.atHome();
    const writing = await ann.say('[[call write_file {"path":"notes.md","content":"# Notes"}]]');
    await ann.untilAsked('notes.md');
    expect(readdirSync(workspaceOf(ann))).not.toContain('notes.md');
    await ann.command('!yes');
    expect((await ann.untilAnswered(writing)).text).toContain('The tools gave');
    expect(readFileSync(join(workspaceOf(ann), 'notes.md'), 'utf8')).toBe('# Notes');
    const offering = await ann.say('[[call offer_file {"path":"notes.md"}]]');
    await ann.untilAnswered(offering);
    const kinds = repliesTo(ann.person.room(ann.home.room), stack.bot, offering).map((each) => surfacesOf(each).kind);
    expect(kinds).toContain('file');
    expect(ann.breaches()).toEqual([]);
  });

  test('is told of a file that comes, and may read it', async () => {
    const ann = await stack.atHome();
    const file = { name: 'facts.txt', content: Buffer.from('Herons stand on one leg.\n'), type: 'text/plain' };
    const caption = '[[call read_file {"path":"inbox/facts.txt"}]]';
    const { eventId } = await dropFile(ann.person, ann.home.room, { ...file, caption });
    expect((await ann.untilAnswered(eventId)).text).toContain('Herons stand on one leg.');
    expect(JSON.stringify(endpoint.requests.at(-1)!.body)).toContain('inbox/facts.txt');
  });

  test.each([
    ['[[wrong-key]]', 'failed'],
    ['[[no-model]]', 'failed'],
    ['[[busy]]', 'done'],
    ['[[broken-once]]', 'done'],
    ['[[broken-always]]', 'failed'],
  ])(
    '%s: %s',
    async (text, state) => {
      const ann = await stack.atHome();
      const answer = await ann.ask(text, 120_000);
      expect(answer.state).toBe(state);
      expect(answer.text).not.toContain(KEY);
      expect(ann.breaches()).toEqual([]);
    },
    150_000,
  );

  test('stopped, it stops at the server too', async () => {
    const ann = await stack.atHome();
    const question = await ann.say('[[slow 500 30]]');
    await ann.untilShows(question, 'word5');
    await ann.command('!stop');
    expect((await ann.untilAnswered(question)).state).toBe('stopped');
    await expect.poll(() => endpoint.requests.at(-1)!.closedEarly).toBe(true);
  });

  test('its key is in no log', () => {
    const logs = join(stack.home, 'logs');
    for (const name of readdirSync(logs)) expect(readFileSync(join(logs, name), 'utf8')).not.toContain(KEY);
  });
});
