import { describe, expect, test } from 'vitest';
import { eventually } from './testing/eventually.ts';
import { isThere, TestAgent } from './testing/test-agent.ts';

const lastPrompt = (agent: TestAgent) =>
  agent
    .seen('session/prompt')
    .at(-1)!
    .params.prompt.map(({ text }) => text);

describe('a process that ends in mid-turn', () => {
  test('ends the turn with agent_crashed; what was said stays, and the next turn goes on in another', async () => {
    await using agent = new TestAgent();
    await agent.turn('my name is Ada');
    const { failure, text } = await agent.turn('[[say half an answer]][[crash]]');
    expect(failure).toMatchObject({ code: 'agent_crashed' });
    expect(text).toBe('half an answer');
    expect(agent.conversations.get('room')).toMatchObject({
      transcript: [{}, {}, { role: 'user' }, { role: 'agent', text, interrupted: true }],
    });
    const next = await agent.turn('[[recall]]');
    expect(next.text).toContain('Ada');
    expect(agent.seen('session/load').length).toBe(1);
  });

  test('ends all turns that run in it, and only those', async () => {
    await using agent = new TestAgent({}, { sessionsPerProcess: 2 });
    const rooms = ['one', 'two', 'three'];
    for (const session of rooms) await agent.turn('hello', { session });
    const running = rooms.map((session) => agent.turn('[[words 100 10]]', { session }));
    await eventually(() => agent.seen('session/prompt').length).toBe(6);
    process.kill(agent.pids[0]!, 'SIGKILL');
    const ended = await Promise.all(running);
    expect(ended.map(({ failure }) => failure?.code)).toEqual(['agent_crashed', 'agent_crashed', undefined]);
  });

  test('takes its children with it', async () => {
    await using agent = new TestAgent();
    const { text } = await agent.turn('[[child]][[crash]]');
    const child = Number(/child (\d+)/.exec(text)?.[1]);
    expect(child).toBeGreaterThan(1);
    await eventually(() => isThere(child)).toBe(false);
  });

  test('fails the tools that ran', async () => {
    await using agent = new TestAgent();
    const { events } = await agent.turn('[[open reads]][[crash]]');
    expect(events.at(-1)).toMatchObject({ type: 'tool_call.update', status: 'failed' });
  });

  test('and whose message is sent again is told that it is the same one; it is said once', async () => {
    await using agent = new TestAgent();
    await agent.turn('[[crash]]');
    await agent.turn('[[crash]]');
    expect(lastPrompt(agent)[0]).toContain('It is one message, not two');
    expect(agent.conversations.get('room')).toMatchObject({ transcript: [{ role: 'user' }, { role: 'agent' }] });
    await agent.turn('something else');
    expect(lastPrompt(agent)).toEqual(['something else']);
    await agent.turn('something else');
    expect(lastPrompt(agent)).toEqual(['something else']);
  });

  test('and whose conversation is lost with it does not hear the message twice', async () => {
    await using agent = new TestAgent({ load: false });
    await agent.turn('first');
    await agent.turn('[[crash]] please');
    await agent.turn('[[crash]] please');
    const prompt = lastPrompt(agent).join('\n');
    expect(prompt.split('please').length).toBe(2);
    expect(prompt).toContain('Person: first');
  });

  test('because of a line that is too long says so', async () => {
    await using agent = new TestAgent();
    const { failure } = await agent.turn('[[huge 17000000]][[wait]]');
    expect(failure).toMatchObject({
      code: 'agent_crashed',
      message: expect.stringContaining('more at once than can be read'),
    });
    expect((await agent.turn('[[say fine]]')).text).toBe('fine');
  });
});

describe('an error that the agent answers', () => {
  test('is told in its own words, short and without secrets', async () => {
    await using agent = new TestAgent({}, { env: { API_KEY: 'sk-very-secret' } });
    const { failure } = await agent.turn(`[[say a]][[error -32603 key sk-very-secret is ${'x'.repeat(1_000)}]]`);
    expect(failure).toMatchObject({ code: 'internal' });
    expect(failure?.message).toMatch(/^The agent failed: Internal error: key \[secret\] is x+…$/);
    expect(failure?.message.length).toBeLessThan(600);
    expect(agent.logged.join('\n')).not.toContain('very-secret');
  });

  test.each([
    ['in a prompt', {}, '[[error -32000]]'],
    ['at a session', { loggedOut: true }, 'hello'],
  ])('%s that says it is not logged in is for the operator', async (_, script, message) => {
    await using agent = new TestAgent(script);
    const { failure } = await agent.turn(message);
    expect(failure).toMatchObject({ code: 'agent_unavailable', message: expect.stringContaining('not logged in') });
    expect(agent.logged.join('\n')).toContain('log in');
  });
});
