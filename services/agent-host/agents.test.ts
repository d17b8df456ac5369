import { describe, expect, test } from 'vitest';
import type { AgentConnection } from '../../shared/agent-protocol/client.ts';
import type { Adapter, AgentTurn } from './adapter.ts';
import type { NamedAgent } from './agents.ts';
import { demoAdapter } from './demo/demo-adapter.ts';
import { TestHost, tell, turnOf } from './test-host.ts';

/** An agent that says its name and what it was told before, and that keeps a list of what the host asked of it. */
function parrot(name: string, kind: Adapter['kind'], given: Partial<Adapter> = {}): Adapter & { calls: string[] } {
  const calls: string[] = [];
  return {
    kind,
    agent: { name: `The ${name}` },
    capabilities: { snapshots: true, permissions: false, files: false, images: false, context: true },
    contextOf: (conversation) => ({
      context: { used: ((conversation as string[]) ?? []).length },
      categories: 'not_reported',
    }),
    runTurn: async (turn: AgentTurn) => {
      const before = (turn.conversation as string[] | undefined) ?? [];
      const [block] = turn.input;
      const text = block?.type === 'text' ? block.text : '';
      turn.emit({ type: 'message.delta', message_id: 'm', channel: 'answer', text: `${name}: ${before.join(' ')}` });
      turn.emit({ type: 'usage.update', usage: { input_tokens: 1 } });
      turn.emit({ type: 'usage.update', usage: { input_tokens: 10, cost: { amount: 0.5, currency: 'USD' } } });
      turn.keepConversation([...before, text]);
      return undefined;
    },
    release: async (session) => void calls.push(`release ${session}`),
    stop: async () => void calls.push('stop'),
    ...given,
    calls,
  };
}

const named = (...adapters: [string, Adapter][]): NamedAgent[] =>
  adapters.map(([name, adapter]) => ({ name, adapter }));
const say = (connection: AgentConnection, sessionId: string, text: string) =>
  tell(connection, turnOf(text, { sessionId }));

describe('a host with several agents', () => {
  test('offers them, the default first; a host with one offers no choice', async () => {
    await using host = await TestHost.start({ agents: named(['one', parrot('one', 'openai')], ['demo', demoAdapter]) });
    const connection = host.connect();
    await connection.request('session.list', {});
    expect(connection.welcome?.agents?.map(({ name, title }) => [name, title])).toEqual([
      ['one', 'The one'],
      ['demo', undefined],
    ]);
    await using alone = await TestHost.start();
    const other = alone.connect();
    await other.request('session.list', {});
    expect(other.welcome?.agents).toBeUndefined();
  });

  test('gives a session the agent that it was opened with, for good', async () => {
    const agents = named(['one', parrot('one', 'openai')], ['two', parrot('two', 'openai')]);
    await using host = await TestHost.start({ agents });
    const connection = host.connect();
    expect((await connection.openSession('s', 's', 'two')).agent).toBe('two');
    expect((await say(connection, 's', 'a')).text).toBe('two: ');
    await expect(connection.openSession('s', 's', 'one')).rejects.toMatchObject({ protocolCode: 'bad_request' });
    await host.end();
    await host.begin({ agents });
    expect((await say(connection, 's', 'b')).text).toBe('two: a');
    expect((await connection.openSession('s', 's')).agent).toBe('two');
  });

  test('takes a choice as long as nothing was said', async () => {
    await using host = await TestHost.start({
      agents: named(['one', parrot('one', 'openai')], ['two', parrot('two', 'openai')]),
    });
    const connection = host.connect();
    expect((await connection.openSession('s', 's')).agent).toBeUndefined();
    expect((await connection.openSession('s', 's', 'two')).agent).toBe('two');
    await connection.openSession('other', 'other');
    await say(connection, 'other', 'a');
    await expect(connection.openSession('other', 'other', 'two')).rejects.toMatchObject({
      protocolCode: 'bad_request',
    });
  });

  test('refuses a name that it does not offer, and one that it offers no more', async () => {
    await using host = await TestHost.start({
      agents: named(['one', parrot('one', 'openai')], ['two', parrot('two', 'openai')]),
    });
    const connection = host.connect();
    const unknown = { protocolCode: 'unknown_agent', code: 'unknown_agent' };
    await expect(connection.openSession('s', 's', 'three')).rejects.toMatchObject(unknown);
    await expect(connection.request('agent.check', { agent: 'three' })).rejects.toMatchObject(unknown);
    await connection.openSession('s', 's', 'two');
    await host.end();
    await host.begin({ agents: named(['one', parrot('one', 'openai')]) });
    await expect(say(connection, 's', 'a')).rejects.toMatchObject(unknown);
    expect((await say(connection, 'fresh', 'a')).text).toBe('one: ');
  });
});

describe('where the default changes', () => {
  test('a conversation goes on with another agent of its kind', async () => {
    await using host = await TestHost.start({ agents: named(['one', parrot('one', 'openai')]) });
    const connection = host.connect();
    await say(connection, 's', 'a');
    await host.end();
    await host.begin({ agents: named(['two', parrot('two', 'openai')]) });
    expect((await say(connection, 's', 'b')).text).toBe('two: a');
  });

  test('one of another kind begins afresh, and says so once', async () => {
    await using host = await TestHost.start({ agents: named(['one', parrot('one', 'openai')]) });
    const connection = host.connect();
    await say(connection, 's', 'a');
    await host.end();
    await host.begin({ agents: named(['two', parrot('two', 'acp')]) });
    const first = await say(connection, 's', 'b');
    expect(first.text).toBe('two: ');
    expect(first.events.find(({ type }) => type === 'notice')).toMatchObject({
      severity: 'warning',
      text: expect.stringContaining('The two, which does not know'),
    });
    const second = await say(connection, 's', 'c');
    expect(second.text).toBe('two: b');
    expect(second.events.some(({ type }) => type === 'notice')).toBe(false);
  });
});

describe('snapshots', () => {
  const save = { session_id: 's', owner: 'ann', name: 'kept' };

  test('are copied by the agent, on the way out and on the way back, and say where something was lost', async () => {
    const copies: unknown[] = [];
    const adapter = parrot('one', 'acp', {
      copyConversation: async ({ conversation, sessionId, workspace }) => {
        copies.push([sessionId, workspace.endsWith(`/${sessionId}`), conversation]);
        return copies.length === 1 ? { conversation: ['forked'] } : { conversation: ['again'], lossy: true };
      },
    });
    await using host = await TestHost.start({ adapter });
    const connection = host.connect();
    await say(connection, 's', 'a');
    const { snapshot_id } = await connection.request('snapshot.save', save);
    await connection.openSession('t', 't');
    expect(await connection.request('snapshot.load', { session_id: 't', snapshot_id })).toEqual({ lossy: true });
    expect(copies).toEqual([
      ['s', true, ['a']],
      ['t', true, ['forked']],
    ]);
    expect((await say(connection, 't', 'b')).text).toBe('one: again');
    expect(adapter.calls).toEqual(['release t']);
  });

  test('of another kind of agent are refused, and change nothing', async () => {
    await using host = await TestHost.start({
      agents: named(['one', parrot('one', 'openai')], ['two', parrot('two', 'acp')], ['too', parrot('too', 'openai')]),
    });
    const connection = host.connect();
    await say(connection, 's', 'a');
    const { snapshot_id } = await connection.request('snapshot.save', save);
    await connection.openSession('t', 't', 'two');
    await say(connection, 't', 'mine');
    const load = (session_id: string) => connection.request('snapshot.load', { session_id, snapshot_id });
    await expect(load('t')).rejects.toMatchObject({ protocolCode: 'unsupported' });
    expect((await say(connection, 't', 'b')).text).toBe('two: mine');
    await connection.openSession('u', 'u', 'too');
    expect(await load('u')).toEqual({});
    expect((await say(connection, 'u', 'b')).text).toBe('too: a');
  });
});

test('an adapter frees a session that is reset or closed, and all when the host stops', async () => {
  const adapter = parrot('one', 'acp');
  await using host = await TestHost.start({ adapter });
  const connection = host.connect();
  await say(connection, 's', 'a');
  await connection.request('session.reset', { session_id: 's' });
  expect((await say(connection, 's', 'b')).text).toBe('one: ');
  await connection.request('session.close', { session_id: 's' });
  expect(adapter.calls).toEqual(['release s', 'release s']);
  await host.end();
  expect(adapter.calls.at(-1)).toBe('stop');
});

test('what turns used adds up over the session, its resets included', async () => {
  await using host = await TestHost.start({ adapter: parrot('one', 'openai') });
  const connection = host.connect();
  await say(connection, 's', 'a');
  await connection.request('session.reset', { session_id: 's' });
  await say(connection, 's', 'b');
  const { spent } = await connection.request('context.get', { session_id: 's' });
  expect(spent).toEqual({ input_tokens: 20, cost: { amount: 1, currency: 'USD' } });
});

test('an agent says whether what is behind it answers, where there is anything', async () => {
  const check = async () => ({ ok: false, problem: 'nobody is there' }) as const;
  await using host = await TestHost.start({
    agents: named(['one', parrot('one', 'openai', { check })], ['demo', demoAdapter]),
  });
  const connection = host.connect();
  expect(await connection.request('agent.check', {})).toEqual({ ok: false, text: 'nobody is there' });
  await expect(connection.request('agent.check', { agent: 'demo' })).rejects.toMatchObject({
    protocolCode: 'unsupported',
  });
});
