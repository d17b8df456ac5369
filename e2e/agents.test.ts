import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ScriptedEndpoint } from '../services/agent-host/openai/testing/scripted-endpoint.ts';
import { repliesTo, surfacesOf } from '../services/cli/demo/person/answers.ts';
import { stateOf } from '../services/cli/demo/person/room-history.ts';
import { type Resident, TestStack } from './test-stack.ts';

const KEY = 'sk-of-this-test-0815';
const SECRET = 'of the mcp server 4242';
const fileOf = (path: string) => fileURLToPath(new URL(`../services/agent-host/${path}`, import.meta.url));
const program = (path: string) => ['--disable-warning=ExperimentalWarning', fileOf(path)];

let endpoint: ScriptedEndpoint;
let stack: TestStack;
beforeAll(async () => {
  endpoint = await ScriptedEndpoint.start();
  const agents = {
    tour: { kind: 'demo', title: 'Tour guide', description: 'shows what there is' },
    helper: {
      kind: 'openai',
      description: 'quick questions',
      url: endpoint.baseUrl,
      key: { $env: 'THE_KEY' },
      model: 'scripted',
      price: { input: 1000, output: 2000, currency: 'EUR' },
      mcp: { tools: { command: process.execPath, args: program('mcp/testing/stdio-server.ts'), env: { SECRET } } },
    },
    coder: { kind: 'acp', command: [process.execPath, ...program('acp/testing/scripted-agent.ts')], mode: 'careful' },
  };
  stack = await new TestStack({ env: { AGENTS: JSON.stringify({ default: 'tour', agents }), THE_KEY: KEY } }).up();
}, 240_000);
afterAll(async () => {
  await stack?.end();
  await endpoint?.[Symbol.asyncDispose]();
}, 60_000);

const sessionOf = (who: Resident) =>
  String(stateOf(who.person.room(who.home.room), 'dev.surfaces.room')?.content.session_id);

/** Somebody whose room has an agent of their choice. */
async function atHomeWith(agent: string): Promise<Resident> {
  const who = await stack.atHome();
  await who.command(`!agent ${agent}`);
  await who.command('!yes');
  return who;
}

describe('!agent', () => {
  test('shows who answers and who could; a number asks, a yes changes it, and the room starts afresh', async () => {
    const ann = await stack.atHome();
    await ann.ask('demo remember marmalade');
    const before = sessionOf(ann);
    const shown = await ann.command('!agent');
    expect(shown.text).toContain('Here **Tour guide** answers.');
    expect(shown.text).toMatch(
      /1\. \*\*Tour guide\*\* · shows what there is \*\(here\)\*\n2\. \*\*helper\*\* · quick questions\n3\./,
    );
    const asked = await ann.command('2');
    expect(asked.text).toContain('Let **helper** answer here?');
    expect(sessionOf(ann)).toBe(before);
    expect((await ann.command('!yes')).text).toContain('From now on **helper** answers here.');
    expect(await ann.ask('hello [[plain]]')).toMatchObject({ state: 'done', text: 'You said: hello [[plain]]' });
    expect(JSON.stringify(endpoint.requests.at(-1)!.body)).not.toContain('marmalade');
    expect(sessionOf(ann)).not.toBe(before);
    expect((await ann.command('!settings')).text).toContain('helper, answers');
    // A number that picks is no message: nothing answers it but the question.
    expect(ann.breaches().filter((breach) => !breach.endsWith('“2”'))).toEqual([]);
  });

  test('stays with the room over !clear, !reset and a new agent host, and with no other room', async () => {
    const ann = await atHomeWith('helper');
    const { eventId } = await ann.person.say(ann.home.dm, '!new Elsewhere');
    await ann.untilReplied(eventId, ann.home.dm);
    await ann.command('!clear');
    await ann.command('!yes');
    expect((await ann.ask('one [[plain]]')).text).toContain('You said: one');
    await ann.command('!reset');
    await stack.untilBack('agent-host', stack.kill('agent-host'));
    expect((await ann.ask('two [[plain]]')).text).toContain('You said: two');
    const bob = await stack.atHome('bob');
    expect((await bob.ask('three')).text).toContain('This is message 1 of our conversation');
  }, 90_000);

  test('says what it does not know, and what is so already', async () => {
    const ann = await stack.atHome();
    const unknown = await ann.command('!agent painter');
    expect(unknown.text).toContain('There is no agent “painter”.');
    expect(unknown.surfaces.code).toBe('unknown_agent');
    expect((await ann.command('!agent tour')).text).toContain('**Tour guide** who answers here already');
    expect((await ann.command('!агент помощник')).surfaces.code).toBe('unknown_agent');
  });

  test('is changed once, wherever the worker is killed after the yes', async () => {
    for (const ms of [5, 40, 90]) {
      const ann = await stack.atHome();
      const before = sessionOf(ann);
      await ann.command('!agent helper');
      const { eventId: yes } = await ann.person.say(ann.home.room, '!yes');
      await new Promise((resolve) => setTimeout(resolve, ms));
      await stack.untilBack('command-worker', stack.kill('command-worker'));
      await ann.untilReplied(yes, undefined, 60_000);
      expect((await ann.ask('hello [[plain]]')).text).toContain('You said: hello');
      const states = ann.person.room(ann.home.room).events.filter(({ event }) => event.type === 'dev.surfaces.room');
      expect(states.filter(({ event }) => event.content.session_id !== before)).toHaveLength(1);
    }
  }, 120_000);
});

test('a saved context goes to an agent of its kind, and no other', async () => {
  const ann = await atHomeWith('helper');
  await ann.ask('The word is heron. [[plain]]');
  await ann.command('!save bird');
  await ann.command('!agent tour');
  await ann.command('!yes');
  const refused = await ann.command('!load bird');
  expect(refused.text).toContain('saved with another kind of agent');
  expect(refused.surfaces.code).toBe('unknown_snapshot');
  expect((await ann.ask('hello')).text).toContain('This is message 1');
});

test('!context says what the room cost', async () => {
  const ann = await atHomeWith('helper');
  await ann.ask('hello [[plain]]');
  const { text } = await ann.command('!context');
  expect(text).toMatch(/So far this room took \d+ tokens in and \d+ tokens out\. It cost €\d+\.\d\d\./);
});

describe('tools of an MCP server', () => {
  test('are asked for, and then used', async () => {
    const ann = await atHomeWith('helper');
    const question = await ann.say('[[call tools__echo {"word":"heron"}]]');
    const asked = await ann.untilAsked('heron');
    expect(asked.text).toContain('echo');
    await ann.command('!yes');
    expect((await ann.untilAnswered(question)).text).toContain('The tools gave: {"word":"heron"}');
    const again = await ann.say('[[call tools__echo {"word":"crane"}]]');
    await ann.untilAsked('crane');
    await ann.command('!no');
    expect((await ann.untilAnswered(again)).text).toContain('did not allow');
  });

  test('tell no secret', async () => {
    const ann = await atHomeWith('helper');
    const question = await ann.say('[[call tools__leak {}]]');
    await ann.untilAsked('leak');
    await ann.command('!yes');
    expect((await ann.untilAnswered(question)).text).not.toContain(SECRET);
  });
});

describe('an agent of the Agent Client Protocol', () => {
  test('answers, knows what was said, shows what it does, and works in the mode that was set', async () => {
    const ann = await atHomeWith('coder');
    expect((await ann.ask('good morning')).text).toBe('heard: good morning');
    const { text } = await ann.ask('[[tool reads a.txt]][[where]]');
    expect(text).toContain('careful');
    expect(text).toContain(sessionOf(ann));
    expect((await ann.ask('[[recall]]')).text).toContain('good morning');
    expect(ann.breaches()).toEqual([]);
  });

  test('asks before it writes, and gives a file', async () => {
    const ann = await atHomeWith('coder');
    const question = await ann.say('[[ask edit a.txt]]');
    await ann.untilAsked('edit a.txt');
    await ann.command('!yes');
    expect((await ann.untilAnswered(question)).text).toContain('outcome selected y-once');
    const writing = await ann.say('[[write outbox/notes.md # Notes]]');
    await ann.untilAnswered(writing);
    const kinds = () =>
      repliesTo(ann.person.room(ann.home.room), stack.bot, writing).map((each) => surfacesOf(each).kind);
    await ann.person.until('the file', () => kinds().includes('file'));
  });

  test('that crashes in the middle is told, and goes on with the next message', async () => {
    const ann = await atHomeWith('coder');
    await ann.ask('good morning');
    expect(await ann.ask('[[say half]][[crash]]')).toMatchObject({ state: 'failed', code: 'agent_crashed' });
    expect((await ann.ask('[[recall]]')).text).toContain('good morning');
    expect(ann.breaches()).toEqual([]);
  }, 60_000);

  test('stopped, it stops', async () => {
    const ann = await atHomeWith('coder');
    const question = await ann.say('[[words 500 20]]');
    await ann.untilShows(question, 'word5');
    await ann.command('!stop');
    const answer = await ann.untilAnswered(question);
    expect(answer.state).toBe('stopped');
    expect(answer.text).not.toContain('late3');
    expect((await ann.ask('and now?')).text).toContain('heard: and now?');
  });

  test('of a context that it did not keep itself, it is told the words', async () => {
    const ann = await atHomeWith('coder');
    await ann.ask('The word is heron.');
    await ann.command('!save bird');
    await ann.command('!reset');
    const loaded = await ann.command('!load bird');
    expect(loaded.text).toContain('but not exactly');
    expect((await ann.ask('[[blocks]]')).text).toContain('The word is heron.');
  });
});

test('doctor says of each agent whether it answers', async () => {
  const { output } = await stack.surfaces('doctor', '--json');
  const found: { name: string; level: string; text: string }[] = JSON.parse(output);
  const well = found.filter(({ name, level }) => name === 'Agent' && level === 'ok').map(({ text }) => text);
  expect(well).toEqual([
    expect.stringMatching(/^tour, “Tour guide” answers; it can: /),
    expect.stringMatching(/^helper answers; .*scripted/),
    expect.stringMatching(/^coder answers; .*scripted 7\.8\.9/),
  ]);
});

test('no secret is in any log', () => {
  const logs = join(stack.home, 'logs');
  for (const name of readdirSync(logs))
    for (const secret of [KEY, SECRET]) expect(readFileSync(join(logs, name), 'utf8')).not.toContain(secret);
});
