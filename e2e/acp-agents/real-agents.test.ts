import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AcpSettings } from '../../services/agent-host/acp/acp-adapter.ts';
import { PATIENCE } from '../../services/agent-host/acp/process/patience.ts';
import { choosing, stoppingWhen, TestAgent } from '../../services/agent-host/acp/testing/test-agent.ts';
import type { InputBlock } from '../../shared/agent-protocol/content.ts';
import { type AgentName, agentSettings } from './agent-settings.ts';
import { installAgents } from './install-agents.ts';
import { ScriptedModel } from './scripted-model.ts';

const installed = await installAgents();
const why = typeof installed === 'string' ? ` (skipped: ${installed})` : '';

describe.skipIf(why !== '').each<AgentName>(['OpenCode', 'Qwen Code'])(`%s behind the adapter${why}`, (name) => {
  let model: ScriptedModel;
  let agent: TestAgent;
  const start = (over: Partial<AcpSettings> = {}) => {
    const home = mkdtempSync(join(tmpdir(), 'acp-home-'));
    if (typeof installed === 'string') throw new Error(installed);
    const run = agentSettings(name, installed, home, model.baseUrl);
    return new TestAgent({}, { ...run, patience: PATIENCE, turnTimeoutMs: 60_000, ...over });
  };
  beforeAll(async () => {
    model = await ScriptedModel.start();
    agent = start();
  });
  afterAll(async () => {
    await agent?.[Symbol.asyncDispose]();
    await model?.[Symbol.asyncDispose]();
  });
  const allow = { answer: choosing('allow_once') };
  const started = (of: TestAgent) => of.logged.flatMap((line) => /"pid":(\d+).*has started/.exec(line)?.[1] ?? []);

  test('answers, one request to the model for each message, and is known by its version then', async () => {
    const { text, failure, stop } = await agent.turn('Greet me. [[say hello there]]');
    expect([text, failure, stop]).toEqual(['hello there', undefined, undefined]);
    expect((await agent.turn('Again. [[say and again]]')).text).toBe('and again');
    expect(model.read.length).toBe(2);
    expect(agent.adapter.agent.version).toMatch(/^\d+\.\d+\.\d+$/);
    expect(agent.adapter.contextOf(agent.conversations.get('room')).context?.size).toBe(32_768);
  });

  test('asks before it writes, and does not write without a yes', async () => {
    const at = (file: string) => join(agent.workspace('room'), file);
    const yes = await agent.turn(`Write. [[write ${at('yes.txt')} content]]`, allow);
    expect(yes.questions.length).toBe(1);
    expect(yes.questions[0]?.title).toContain('yes.txt');
    expect(yes.questions[0]?.title).not.toContain(agent.root);
    expect(yes.questions[0]?.description).toContain('+ content');
    expect(readFileSync(at('yes.txt'), 'utf8').trim()).toBe('content');
    expect(yes.events.filter(({ type }) => type === 'tool_call.update').at(-1)).toMatchObject({ status: 'completed' });
    const no = await agent.turn(`Write. [[write ${at('no.txt')} content]]`, { answer: choosing('reject_once') });
    expect(no.questions.length).toBe(1);
    expect(existsSync(at('no.txt'))).toBe(false);
    expect(no.failure).toBeUndefined();
  });

  test('gives a file by the outbox', async () => {
    const at = join(agent.workspace('room'), 'outbox/report.md');
    const { offers } = await agent.turn(`Write. [[write ${at} for you]]`, allow);
    expect(offers).toMatchObject([{ path: 'outbox/report.md', mime_type: 'text/markdown' }]);
  });

  test.each([
    ['note.txt', 'text/plain'],
    ['data.json', 'application/json'],
    ['archive.zip', 'application/zip'],
    ['drawing.svg', 'image/svg+xml'],
    ['gone.pdf', 'application/pdf'],
  ])('is told of a file from the person, whatever it is: %s', async (file, mime_type) => {
    const path = `inbox/${file}`;
    mkdirSync(join(agent.workspace('files'), 'inbox'), { recursive: true });
    if (!file.startsWith('gone')) writeFileSync(join(agent.workspace('files'), path), 'PK\x03\x04');
    const input: InputBlock[] = [
      { type: 'text', text: 'What is it? [[say a file]]' },
      { type: 'resource_link', path, mime_type },
    ];
    const { text, failure } = await agent.turn(input, { session: 'files' });
    expect([text, failure]).toEqual(['a file', undefined]);
    expect(model.read.at(-1)).toContain(`[The person sent this file: ${path}`);
  });

  test('is stopped in mid-stream, and the next turn goes on', async () => {
    const stop = stoppingWhen((event) => event.type === 'message.delta' && event.text.includes('word5'));
    const { text, failure } = await agent.turn('Talk. [[slow 500 20]]', stop);
    expect(failure).toBeUndefined();
    expect(text).not.toContain('word100');
    expect((await agent.turn('And now? [[say on we go]]')).text).toBe('on we go');
    expect(started(agent).length).toBe(1);
  });

  test('works in two rooms at once, each in its own folder', async () => {
    const rooms = ['left', 'right'];
    const turns = rooms.map((session) =>
      agent.turn(`Write. [[write ${join(agent.workspace(session), 'outbox/who.txt')} ${session}]]`, {
        session,
        ...allow,
      }),
    );
    for (const [at, { offers }] of (await Promise.all(turns)).entries()) {
      expect(offers.map(({ path }) => path)).toEqual(['outbox/who.txt']);
      expect(readFileSync(join(agent.workspace(rooms[at]!), 'outbox/who.txt'), 'utf8').trim()).toBe(rooms[at]);
    }
    expect(started(agent).length).toBe(1);
  });

  test('is copied: by itself where it forks, as text elsewhere; both remember', async () => {
    await agent.turn('My name is Ada. [[say noted]]', { session: 'original' });
    const from = { sessionId: 'original', workspace: agent.workspace('original') };
    const copy = await agent.adapter.copyConversation!({ ...from, conversation: agent.conversations.get('original') });
    expect(copy.lossy).toBe(name === 'OpenCode' ? undefined : true);
    agent.conversations.set('copy', copy.conversation);
    expect((await agent.turn('Who am I? [[say Ada]]', { session: 'copy' })).text).toBe('Ada');
    expect(model.read.at(-1)).toContain('My name is Ada.');
  });

  test('is killed in mid-turn; the next turn goes on in another process and remembers', async () => {
    const [pid] = started(agent);
    const running = agent.turn('Talk. [[slow 500 20]]', {
      session: 'killed',
      each: ({ type }) => type === 'message.delta' && process.kill(Number(pid), 'SIGKILL'),
    });
    expect((await running).failure).toMatchObject({ code: 'agent_crashed' });
    expect((await agent.turn('Go on. [[say here I am]]', { session: 'killed' })).text).toBe('here I am');
    expect(model.read.at(-1)).toContain('Talk. [[slow 500 20]]');
    expect(started(agent).length).toBe(2);
  });

  test('is put away when idle, and loads the conversation again', async () => {
    await using brief = start({ idleMs: 200 });
    await brief.turn('My name is Ada. [[say noted]]');
    await expect.poll(() => brief.logged.join(), { timeout: 20_000 }).toContain('"reason":"idle"');
    const { text, events } = await brief.turn('Who am I? [[say Ada]]');
    expect(text).toBe('Ada');
    expect(events.some(({ type }) => type === 'notice')).toBe(false);
    expect(model.read.at(-1)).toContain('My name is Ada.');
    expect(started(brief).length).toBe(2);
  });

  test('comes to an end where the model’s stream is cut again and again', async () => {
    await using looping = start({ maxToolCalls: 5, turnTimeoutMs: 15_000 });
    const before = model.read.length;
    await looping.turn('Talk. [[cut]]');
    const asked = model.read.length - before;
    expect(asked).toBeLessThan(40);
    expect((await looping.turn('Well? [[say well]]')).text).toBe('well');
  });
});
