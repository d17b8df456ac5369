import { afterAll, describe, expect, test } from 'vitest';
import { said, TestAgent } from './testing/test-agent.ts';

const agent = new TestAgent();
afterAll(() => agent[Symbol.asyncDispose]());

describe('what the agent says', () => {
  test('comes piece by piece as one message', async () => {
    const { events, text, stop } = await agent.turn('[[words 20 1]]');
    expect(text).toMatch(/^word1 .*word20 $/);
    const messages = events.flatMap((event) => (event.type === 'message.delta' ? event.message_id : []));
    expect(messages.length).toBeGreaterThan(2);
    expect(new Set(messages).size).toBe(1);
    expect(stop).toBeUndefined();
  });

  test('before and after a tool call, or as another message of its own, is a paragraph of its own', async () => {
    const { events } = await agent.turn('[[say one]][[tool looks]][[say two]][[say-as m1 three]][[say-as m2 four]]');
    const messages = Map.groupBy(
      events.filter((event) => event.type === 'message.delta'),
      ({ message_id }) => message_id,
    );
    expect([...messages.values()].map((parts) => said(parts, 'answer'))).toEqual(['one', 'twothree', 'four']);
    const done = events.filter(({ type }) => type === 'message.done');
    expect(done.length).toBe(3);
    expect(agent.conversations.get('room')).toMatchObject({
      transcript: expect.arrayContaining([expect.objectContaining({ role: 'agent', text: 'one\n\ntwothree\n\nfour' })]),
    });
  });

  test('is apart from what it thinks', async () => {
    const { events, text } = await agent.turn('[[think let me see]][[say four]]');
    expect(said(events, 'thought')).toBe('let me see');
    expect(text).toBe('four');
  });

  test('is all there is where thoughts are not to be shown', async () => {
    await using quiet = new TestAgent({}, { showThoughts: false });
    const { events } = await quiet.turn('[[think let me see]][[say four]]');
    expect(said(events, 'thought')).toBe('');
  });

  test.each(['max_tokens', 'max_turn_requests', 'refusal'])('ends with %s as the agent does', async (reason) => {
    expect((await agent.turn(`[[stop ${reason}]]`)).stop).toBe(reason);
  });

  test('ends as usual where the agent says cancelled, which nobody asked for', async () => {
    const { stop, failure } = await agent.turn('[[stop cancelled]]');
    expect([stop, failure]).toEqual([undefined, undefined]);
  });
});

describe('what else the agent tells', () => {
  test('its plan', async () => {
    const { events } = await agent.turn('[[plan]]');
    expect(events).toContainEqual({
      type: 'plan.update',
      entries: [
        { content: 'look', status: 'completed' },
        { content: 'leap', status: 'pending' },
      ],
    });
  });

  test('what its context holds and what it cost, which stays with the conversation', async () => {
    const { events } = await agent.turn('[[usage]]');
    const context = { used: 1234, size: 8000 };
    const cost = { amount: 0.5, currency: 'USD' };
    expect(events).toContainEqual({ type: 'usage.update', context, usage: { context, cost } });
    expect(events).toContainEqual({
      type: 'usage.update',
      context,
      usage: { context, cost, input_tokens: 11, output_tokens: 7 },
    });
    // An agent tells what the conversation has cost so far, a turn what itself has.
    const again = await agent.turn('[[usage]]');
    const nothing = { amount: 0, currency: 'USD' };
    expect(again.events).toContainEqual({ type: 'usage.update', context, usage: { context, cost: nothing } });
    await agent.turn('[[say no figures]]');
    expect(agent.adapter.contextOf(agent.conversations.get('room'))).toEqual({ context, categories: 'not_reported' });
    expect(agent.adapter.contextOf(undefined)).toEqual({ categories: 'not_reported' });
  });

  test('and what nobody understands, between two pieces, changes nothing', async () => {
    const { text, failure } = await agent.turn('[[say before]][[garbage]][[huge 600000]][[say  after]]');
    expect([text, failure]).toEqual(['before after', undefined]);
  });

  test('asking for what was not offered, it is refused', async () => {
    expect((await agent.turn('[[unadvertised]]')).text).toBe('refused -32601');
    expect(agent.seen('initialize')[0]?.params.clientCapabilities).toEqual({});
  });
});

describe('tool calls', () => {
  test('are told by their title, kind and status, and by nothing else', async () => {
    const { events } = await agent.turn('[[tool runs make]]');
    const calls = events.filter(({ type }) => type === 'tool_call.update');
    const call = { type: 'tool_call.update', tool_call_id: 'tool-1', title: 'runs make', kind: 'execute' };
    expect(calls).toEqual(['pending', 'in_progress', 'completed'].map((status) => ({ ...call, status })));
  });

  test('have titles of one line, of a length that fits, with the paths that people know', async () => {
    const { events } = await agent.turn(`[[tool first\nsecond ${'x'.repeat(2_000)}]][[write outbox/t.txt hi]]`);
    const titles = events.flatMap((event) => (event.type === 'tool_call.update' ? event.title : []));
    expect(titles[0]).toMatch(/^first second x+…$/);
    expect(titles[0]?.length).toBe(1_024);
    expect(titles).toContain('writes outbox/t.txt');
  });

  test('of which the end is never told end with the turn', async () => {
    const { events } = await agent.turn('[[open reads]]');
    expect(events.findLast(({ type }) => type === 'tool_call.update')).toMatchObject({ status: 'completed' });
  });
});
