import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applyEvent, emptyView } from './turn-view.ts';

type Event = { type: string } & Record<string, unknown>;
const view = (...events: Event[]) => events.reduce(applyEvent, emptyView);
const delta = (text: string, message_id = 'm1', channel = 'answer') => ({
  type: 'message.delta',
  message_id,
  channel,
  text,
});
const tool = (status: string, tool_call_id = 't1', title = 'ls') => ({
  type: 'tool_call.update',
  tool_call_id,
  title,
  kind: 'execute',
  status,
});

describe('the text', () => {
  test('grows by deltas; messages are joined by a blank line', () => {
    expect(view(delta('a'), delta('b'), delta('c', 'm2')).text).toBe('ab\n\nc');
  });

  test('thoughts are not part of it', () => expect(view(delta('hm', 'm0', 'thought'), delta('a')).text).toBe('a'));

  test('a message without deltas comes whole when it is done; one with deltas is not said twice', () => {
    const done = { type: 'message.done', message_id: 'm1', channel: 'answer', text: 'ab' };
    expect(view(done).text).toBe('ab');
    expect(view(delta('a'), delta('b'), done).text).toBe('ab');
  });

  test('a message that begins with empty lines, or is empty, leaves no gap', () => {
    expect(view(delta('\n\n'), delta('\n  a'), delta('', 'm2'), delta('b', 'm3')).text).toBe('  a\n\nb');
  });

  test('only ever grows at its end, whatever the order of messages', () => {
    const event = fc.record({
      type: fc.constantFrom('message.delta', 'message.done', 'tool_call.update', 'turn.state', 'plan.update'),
      message_id: fc.constantFrom('m1', 'm2', 'm3'),
      channel: fc.constantFrom('answer', 'thought'),
      text: fc.string({ unit: fc.constantFrom('a', ' ', '\n', 'б') }),
      entries: fc.array(fc.record({ content: fc.string(), status: fc.constantFrom('pending', 'in_progress') })),
    });
    fc.assert(
      fc.property(fc.array(event), (events) => {
        let before = emptyView;
        for (const next of events) {
          const after = applyEvent(before, next);
          expect(after.text.startsWith(before.text)).toBe(true);
          before = after;
        }
      }),
    );
  });

  test('a hundred thousand words fold in time', () => {
    let current = emptyView;
    const start = performance.now();
    for (let word = 0; word < 100_000; word++) current = applyEvent(current, delta(`word${word} `));
    expect(performance.now() - start).toBeLessThan(5000);
    expect(current.text.length).toBeGreaterThan(800_000);
  });
});

const plan = (...states: string[]) => ({
  type: 'plan.update',
  entries: states.map((status, at) => ({ content: 'abc'[at], status })),
});

describe('the status', () => {
  test.each([
    ['nothing yet', [], null],
    ['a thought', [delta('hm', 'm0', 'thought')], { kind: 'thinking' }],
    ['its end', [delta('hm', 'm0', 'thought'), { type: 'message.done', message_id: 'm0', channel: 'thought' }], null],
    ['words of the answer', [delta('hm', 'm0', 'thought'), delta('a')], null],
    ['a tool', [tool('in_progress')], { kind: 'tool', title: 'ls' }],
    ['a tool’s end', [tool('in_progress'), tool('completed')], null],
    ['of two tools the later', [tool('pending'), tool('pending', 't2', 'cat')], { kind: 'tool', title: 'cat' }],
    [
      'the one that is left',
      [tool('pending'), tool('pending', 't2', 'cat'), tool('failed', 't2')],
      { kind: 'tool', title: 'ls' },
    ],
    [
      'a permission, which stands before tools',
      [{ type: 'permission.request', permission_id: 'p', title: 'rm' }, tool('pending')],
      { kind: 'permission', title: 'rm' },
    ],
    [
      'a permission that was answered',
      [
        tool('pending'),
        { type: 'permission.request', permission_id: 'p', title: 'rm' },
        { type: 'turn.state', state: 'running' },
      ],
      { kind: 'tool', title: 'ls' },
    ],
    [
      'the step of a plan',
      [plan('completed', 'in_progress', 'pending')],
      { kind: 'plan', number: 2, of: 3, step: 'b' },
    ],
    ['a tool, which stands before the plan', [plan('in_progress'), tool('pending')], { kind: 'tool', title: 'ls' }],
    [
      'the plan again, once the tool is done',
      [plan('in_progress'), tool('pending'), tool('completed')],
      { kind: 'plan', number: 1, of: 1, step: 'a' },
    ],
    ['a plan that is done', [plan('in_progress'), plan('completed')], null],
    [
      'a notice',
      [{ type: 'notice', severity: 'info', text: 'Trying again' }],
      { kind: 'notice', text: 'Trying again' },
    ],
  ] as const)('%s', (_what, events, status) => expect(view(...(events as unknown as Event[])).status).toEqual(status));

  test('an upsert without a title keeps the one it had', () => {
    const again = { type: 'tool_call.update', tool_call_id: 't1', status: 'in_progress' };
    expect(view(tool('pending'), again).status).toEqual({ kind: 'tool', title: 'ls' });
  });
});

describe('the end', () => {
  test('is told with its reason, and nothing counts after it', () => {
    const ended = view(delta('a'), tool('pending'), { type: 'turn.ended', stop_reason: 'end_turn' }, delta('b'));
    expect(ended).toMatchObject({ text: 'a', status: null, ended: { stopReason: 'end_turn', error: null } });
  });

  test('carries the error', () => {
    const error = { code: 'agent_crashed', message: 'gone', retryable: false };
    expect(view({ type: 'turn.ended', stop_reason: 'error', error }).ended).toEqual({ stopReason: 'error', error });
  });

  test('unknown events change nothing', () => expect(view({ type: 'brand.new', text: 'x' })).toBe(emptyView));
});
