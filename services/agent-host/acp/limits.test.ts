import { describe, expect, test } from 'vitest';
import { choosing, TestAgent } from './testing/test-agent.ts';

describe('a turn', () => {
  test('has a time, after which it is cancelled', async () => {
    await using agent = new TestAgent({}, { turnTimeoutMs: 1_000 });
    // Its process takes of the time, too.
    await agent.turn('hello');
    const { failure, text } = await agent.turn('[[say so far]][[wait]]');
    expect(failure).toMatchObject({ code: 'internal', message: 'The turn took longer than 1 s.' });
    expect(text).toBe('so far');
    expect((await agent.turn('[[recall]]')).text).toContain('late3');
  });

  test('has its time without the one in which a person is asked, several times at once', async () => {
    await using agent = new TestAgent({}, { turnTimeoutMs: 1_000 });
    await agent.turn('hello');
    const answer: typeof yes = async (question) => {
      await new Promise((resolve) => setTimeout(resolve, question.title === 'first' ? 1_200 : 600));
      return yes(question);
    };
    const yes = choosing('allow_once');
    const { failure, text } = await agent.turn('[[ask-twice]][[say  done]]', { answer });
    expect(failure).toBeUndefined();
    expect(text).toContain(' done');
  });

  test.each(['loop-tools', 'loop-messages'])('that never ends by itself is ended: %s', async (step) => {
    await using agent = new TestAgent({}, { maxToolCalls: 20 });
    const { stop, failure, events } = await agent.turn(`[[${step}]]`);
    expect([stop, failure]).toEqual(['max_turn_requests', undefined]);
    const names = events.flatMap((event) =>
      event.type === 'tool_call.update' ? event.tool_call_id : event.type === 'message.delta' ? event.message_id : [],
    );
    expect(new Set(names).size).toBeLessThan(25);
    expect((await agent.turn('[[say well]]')).text).toBe('well');
    expect(agent.pids.length).toBe(1);
  });
});
