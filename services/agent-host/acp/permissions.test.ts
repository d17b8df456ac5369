import { afterAll, describe, expect, test } from 'vitest';
import type { PermissionOption } from '../../../shared/agent-protocol/content.ts';
import { choosing, TestAgent } from './testing/test-agent.ts';

const agent = new TestAgent();
afterAll(() => agent[Symbol.asyncDispose]());

describe('a permission', () => {
  test.each<[PermissionOption['kind'], string]>([
    ['allow_once', 'y-once'],
    ['allow_always', 'z-always'],
    ['reject_once', 'x-no'],
  ])('that is answered %s is answered by that option', async (kind, id) => {
    const { text, questions } = await agent.turn('[[ask writes a.txt]]', { answer: choosing(kind) });
    expect(text).toBe(`outcome selected ${id}`);
    expect(questions).toEqual([
      {
        title: 'writes a.txt',
        description: 'a.txt:\n- two\n+ three',
        options: [
          { option_id: 'z-always', name: 'Always', kind: 'allow_always' },
          { option_id: 'y-once', name: 'Yes', kind: 'allow_once' },
          { option_id: 'x-no', name: 'No', kind: 'reject_once' },
        ],
      },
    ]);
  });

  test('whose title is the file alone says what would be done to it', async () => {
    const { questions } = await agent.turn('[[ask a.txt]]', { answer: choosing('reject_once') });
    expect(questions[0]?.title).toBe('edit a.txt');
  });

  test('that is given is told as a tool that has started; one that is not, is not', async () => {
    const statuses = async (kind: PermissionOption['kind']) => {
      const { events } = await agent.turn('[[ask writes]]', { answer: choosing(kind) });
      return events.flatMap((event) => (event.type === 'tool_call.update' ? event.status : []));
    };
    expect(await statuses('allow_once')).toEqual(['pending', 'in_progress', 'completed']);
    expect(await statuses('reject_once')).toEqual(['pending', 'failed']);
  });

  test.each(['expired', 'cancelled'] as const)('that is %s while the turn goes on is a no', async (outcome) => {
    const { text } = await agent.turn('[[ask writes]][[say , so I did not]]', { answer: async () => ({ outcome }) });
    expect(text).toBe('outcome selected x-no, so I did not');
  });

  test('of a stopped turn is cancelled at once', async () => {
    const abort = new AbortController();
    const answer = () => {
      setTimeout(() => abort.abort());
      return new Promise<never>(() => {});
    };
    const { events } = await agent.turn('[[ask writes]]', { answer, signal: abort.signal });
    expect(events.at(-1)).toMatchObject({ type: 'tool_call.update', status: 'cancelled' });
    expect((await agent.turn('[[recall]]')).text).toContain('agent<outcome cancelled -');
  });

  test('is asked beside another one', async () => {
    const { text, questions } = await agent.turn('[[ask-twice]]', { answer: choosing('allow_once') });
    expect(questions.map(({ title }) => title).sort()).toEqual(['first', 'second']);
    expect(text).toBe('outcome selected y-onceoutcome selected y-once');
  });

  test('shows the command, and at most 16 options with a no among them', async () => {
    const { questions } = await agent.turn('[[ask-of 20]]', { answer: choosing('reject_once') });
    expect(questions[0]).toMatchObject({ title: 'choose', description: 'rm -rf build' });
    expect(questions[0]?.options.map(({ option_id }) => option_id)).toEqual([
      ...Array.from({ length: 15 }, (_, at) => `o${at}`),
      'no',
    ]);
  });

  test('without anything to choose is refused, and nobody is asked', async () => {
    expect((await agent.turn('[[ask-nothing]]')).text).toBe('refused -32602');
  });
});
