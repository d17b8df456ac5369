import { describe, expect, test } from 'vitest';
import { eventually } from './testing/eventually.ts';
import { TestAgent } from './testing/test-agent.ts';

/** The process is put away as soon as nothing runs in it. */
const SHORT = { idleMs: 1 };
const awayFrom = (agent: TestAgent) =>
  eventually(() => agent.logged.filter((line) => line.includes('process has ended')).length).toBe(agent.pids.length);

describe('a conversation', () => {
  test('goes on in its session; how files are given is said once', async () => {
    await using agent = new TestAgent();
    await agent.turn('my name is Ada');
    const { text } = await agent.turn('[[recall]]');
    expect(text).toContain('my name is Ada');
    expect(text.split('`outbox/`').length).toBe(2);
    expect(agent.seen('session/new').map(({ params }) => params)).toEqual([
      { cwd: agent.workspace('room'), mcpServers: [] },
    ]);
  });

  test('is another in another room, in a folder of its own, in the same process', async () => {
    await using agent = new TestAgent();
    await agent.turn('my name is Ada', { session: 'one' });
    const { text } = await agent.turn('[[recall]][[where]]', { session: 'two' });
    expect(text).not.toContain('Ada');
    expect(text).toContain(agent.workspace('two'));
    expect(agent.pids.length).toBe(1);
  });

  test('is loaded in the next process, where nobody hears the replay', async () => {
    await using agent = new TestAgent({}, SHORT);
    await agent.turn('[[say I am the first answer]]');
    await awayFrom(agent);
    const next = await agent.turn('[[recall]]');
    expect(agent.pids.length).toBe(2);
    expect(agent.seen('session/load').length).toBe(1);
    // Once in what the agent recalls; a replay would have come before.
    expect(next.text.startsWith('user<')).toBe(true);
    expect(next.text).toContain('agent<I am the first answer>');
    expect(next.events.some(({ type }) => type === 'notice')).toBe(false);
  });

  test('is told as text to an agent that cannot load, and the person is told of it', async () => {
    await using agent = new TestAgent({ load: false }, SHORT);
    await agent.turn('[[say I am the first answer]]');
    await awayFrom(agent);
    const next = await agent.turn('[[blocks]]');
    const [, before, message] = JSON.parse(next.text);
    expect(before.text).toContain('Person: [[say I am the first answer]]\n\nYou: I am the first answer\n\n[End');
    expect(message.text).toBe('[[blocks]]');
    expect(next.events).toContainEqual(expect.objectContaining({ type: 'notice', severity: 'warning' }));
  });

  test.each([-32603, -32002, -32602])('is told as text where loading fails with %i', async (loadCode) => {
    await using agent = new TestAgent({ loadCode }, SHORT);
    await agent.turn('my name is Ada');
    await awayFrom(agent);
    const next = await agent.turn('[[say hello again]]');
    expect([next.text, next.failure]).toEqual(['hello again', undefined]);
    expect(agent.seen('session/prompt').at(-1)?.params.prompt[1]?.text).toContain('my name is Ada');
  });

  test('that was reset begins anew, and its session is closed', async () => {
    await using agent = new TestAgent();
    await agent.turn('my name is Ada');
    agent.conversations.delete('room');
    await agent.adapter.release?.('room');
    expect(agent.seen('session/close').length).toBe(1);
    expect((await agent.turn('[[recall]]')).text).not.toContain('Ada');
  });

  test('that was reset while the process is away begins anew', async () => {
    await using agent = new TestAgent({ close: false }, SHORT);
    await agent.turn('my name is Ada');
    await awayFrom(agent);
    agent.conversations.delete('room');
    await agent.adapter.release?.('room');
    expect((await agent.turn('[[recall]]')).text).not.toContain('Ada');
  });
});

describe('mode and model', () => {
  test('are set in each session, also in one that is loaded', async () => {
    await using agent = new TestAgent({}, { ...SHORT, mode: 'careful', model: 'large' });
    expect((await agent.turn('[[where]]')).text).toContain(' careful ');
    await awayFrom(agent);
    expect((await agent.turn('[[where]]')).text).toContain(' careful ');
    const set = agent.seen('session/set_config_option').map(({ params }) => [params.configId, params.value]);
    expect(set).toEqual([
      ['mode', 'careful'],
      ['model', 'large'],
      ['mode', 'careful'],
      ['model', 'large'],
    ]);
  });

  test('are set in the older way where there are no options', async () => {
    await using agent = new TestAgent({ olderModes: true }, { mode: 'careful' });
    expect((await agent.turn('[[where]]')).text).toContain(' careful ');
    expect(agent.seen('session/set_mode').length).toBe(1);
  });

  test.each([
    ['mode', 'careless, careful'],
    ['model', 'small, large'],
  ])('a %s that there is not ends the turn with those that there are', async (what, known) => {
    await using agent = new TestAgent({}, { [what]: 'reckless' });
    expect((await agent.turn('hello')).failure).toMatchObject({
      code: 'agent_unavailable',
      message: `The agent has no ${what} “reckless”. It has: ${known}.`,
    });
    expect(agent.seen('session/prompt')).toEqual([]);
  });
});

describe('a copy of a conversation', () => {
  const kept = (agent: TestAgent) => ({
    sessionId: 'room',
    workspace: agent.workspace('room'),
    conversation: agent.conversations.get('room'),
  });

  test('is the agent’s own where it forks, and goes its own way', async () => {
    await using agent = new TestAgent({ fork: true });
    await agent.turn('my name is Ada');
    const copy = await agent.adapter.copyConversation!(kept(agent));
    expect(copy.lossy).toBeUndefined();
    await agent.turn('my name is Bob');
    agent.conversations.set('room', copy.conversation);
    await agent.adapter.release?.('room');
    const { text, events } = await agent.turn('[[recall]]');
    expect(text).toContain('Ada');
    expect(text).not.toContain('Bob');
    expect(events.some(({ type }) => type === 'notice')).toBe(false);
  });

  test('is made also when no process is there', async () => {
    await using agent = new TestAgent({ fork: true }, SHORT);
    await agent.turn('my name is Ada');
    await awayFrom(agent);
    expect((await agent.adapter.copyConversation!(kept(agent))).lossy).toBeUndefined();
  });

  test('is what was said, as text, where the agent does not fork', async () => {
    await using agent = new TestAgent();
    await agent.turn('my name is Ada');
    const copy = await agent.adapter.copyConversation!(kept(agent));
    expect(copy.lossy).toBe(true);
    agent.conversations.set('room', copy.conversation);
    await agent.adapter.release?.('room');
    expect((await agent.turn('[[recall]]')).text).toContain('Person: my name is Ada');
    expect(agent.seen('session/new').length).toBe(2);
  });

  test('is what was said where the agent does not find it', async () => {
    await using agent = new TestAgent({ fork: true });
    await agent.turn('my name is Ada');
    const from = kept(agent);
    const conversation = { ...(from.conversation as object), acpSession: 'lost' };
    const copy = await agent.adapter.copyConversation!({ ...from, conversation });
    expect(copy).toMatchObject({ lossy: true, conversation: { transcript: [{ text: 'my name is Ada' }, {}] } });
    expect(copy.conversation).not.toHaveProperty('acpSession');
  });

  test('of nothing is nothing', async () => {
    await using agent = new TestAgent();
    expect(await agent.adapter.copyConversation!({ ...kept(agent), conversation: undefined })).toEqual({
      conversation: undefined,
    });
    expect(agent.pids).toEqual([]);
  });
});
