import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ScriptedEndpoint } from './testing/scripted-endpoint.ts';
import { carefulTool, echoTool } from './testing/test-tools.ts';
import { choosing, type Ran, runTurn, settingsFor, type TurnOptions } from './testing/test-turn.ts';

let endpoint: ScriptedEndpoint;
beforeAll(async () => {
  endpoint = await ScriptedEndpoint.start();
});
afterAll(() => endpoint[Symbol.asyncDispose]());
const run = (text: string, over = {}, options: TurnOptions = {}) =>
  runTurn(settingsFor(endpoint.baseUrl, { tools: [echoTool()], ...over }), text, options);
const sent = () => endpoint.requests.at(-1)!.body.messages;
const statuses = ({ events }: Ran) =>
  events.flatMap((event) => (event.type === 'tool_call.update' ? [`${event.tool_call_id} ${event.status}`] : []));

describe('a tool call', () => {
  test('runs, and the model goes on with its result', async () => {
    const echo = echoTool();
    const ran = await run('[[call echo {"text":"hi"}]]', { tools: [echo] });
    expect(ran.text).toBe('I will use it. The tools gave: hi');
    expect(echo.calls).toEqual([{ text: 'hi' }]);
    expect(statuses(ran)).toEqual(['tool-1 pending', 'tool-1 in_progress', 'tool-1 completed']);
    expect(ran.events.find(({ type }) => type === 'tool_call.update')).toMatchObject({
      title: 'echoes hi',
      kind: 'other',
    });
    const ids = ran.events.flatMap((event) => (event.type === 'message.done' ? [event.message_id] : []));
    expect(ids).toEqual(['answer-1', 'answer-2']);
    const { name, description, parameters } = echo;
    expect(endpoint.requests.at(-1)?.body.tools).toEqual([
      { type: 'function', function: { name, description, parameters } },
    ]);
    expect(sent().slice(1)).toEqual([
      {
        role: 'assistant',
        content: 'I will use it. ',
        tool_calls: [{ id: 'call_a', type: 'function', function: { name: 'echo', arguments: '{"text":"hi"}' } }],
      },
      { role: 'tool', tool_call_id: 'call_a', content: 'hi' },
    ]);
    const usages = ran.events.flatMap((event) => (event.type === 'usage.update' ? [event.usage?.input_tokens] : []));
    expect(usages).toEqual([100, 200]);
  });

  test('and its result stay together in what follows', async () => {
    const { conversation } = await run('[[call echo {"text":"hi"}]]');
    await run('and now?', {}, { conversation });
    expect(sent().map(({ role }) => role)).toEqual(['user', 'assistant', 'tool', 'assistant', 'user']);
  });

  test.each([
    ['two-calls', 'one | two'],
    ['no-index', 'one | two'],
    ['index-zero-for-all', 'one | two'],
    ['no-id', 'one'],
    ['object-arguments', 'one'],
    ['call-stop echo {"text":"one"}', 'one'],
  ])('that comes as “%s” is understood', async (rule, given) => {
    const echo = echoTool();
    const { text, failure } = await run(`[[${rule}]]`, { tools: [echo] });
    expect(failure).toBeUndefined();
    expect(text.endsWith(`The tools gave: ${given}`)).toBe(true);
    expect(echo.calls.length).toBe(given.split('|').length);
    const ids = sent().flatMap((message) => (message.role === 'tool' ? [message.tool_call_id] : []));
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.every(Boolean)).toBe(true);
  });

  test.each([
    ['call nothing {}', 'There is no tool of the name "nothing".'],
    ['call echo {"text":', 'The arguments are no valid JSON'],
    ['call echo 7', 'The arguments have to be a JSON object'],
  ])('that is wrong (%s) is told to the model, in JSON that every server takes back', async (rule, told) => {
    const echo = echoTool();
    const ran = await run(`[[${rule}]]`, { tools: [echo] });
    expect(ran.text).toContain(`The tools gave: ${told}`);
    expect(echo.calls).toEqual([]);
    expect(statuses(ran)).toEqual(['tool-1 failed']);
    const [call] = sent().flatMap((message) => (message.role === 'assistant' ? (message.tool_calls ?? []) : []));
    expect(JSON.parse(call!.function.arguments)).toEqual({});
  });

  test('of a tool that throws is told without secrets', async () => {
    const broken = echoTool({
      run: () => Promise.reject(new Error(`${'x'.repeat(490)}sk-test-0123456789`)),
    });
    const ran = await run('[[call echo {"text":"a"}]]', { tools: [broken] });
    expect(ran.text).toContain('The tool failed unexpectedly: xxx');
    expect(ran.text).not.toContain('sk-test');
    expect(statuses(ran).at(-1)).toBe('tool-1 failed');
  });

  test('with a long result gives the model its beginning', async () => {
    const { conversation } = await run('[[call echo {"text":"a"}]]', {
      tools: [echoTool({ run: async () => 'x'.repeat(50_000) })],
    });
    const [, , result] = sent();
    expect(String(result?.content).length).toBeLessThan(33_000);
    expect(result?.content).toContain('[Cut: these are the first 32768 of 50000 bytes.]');
    expect(JSON.stringify(conversation).length).toBeLessThan(70_000);
  });

  test('in an answer that was cut short does not run', async () => {
    const echo = echoTool();
    const { stop, conversation } = await run('[[call-length echo {"text":"a"}]]', { tools: [echo] });
    expect({ stop, calls: echo.calls }).toEqual({ stop: 'max_tokens', calls: [] });
    await run('next', {}, { conversation });
    expect(sent()[1]).toEqual({ role: 'assistant', content: 'I will use it. ' });
  });

  test('comes back with what the model thought, as long as the turn runs', async () => {
    const { conversation, thought } = await run('[[think-and-call]]');
    expect(thought).toBe('I need the tool.');
    expect(sent()[1]).toMatchObject({ content: null, reasoning_content: 'I need the tool.' });
    expect(JSON.stringify(conversation)).not.toContain('I need');
  });

  test('is not repeated for ever', async () => {
    const echo = echoTool();
    const ran = await run('[[call-for-ever]]', { tools: [echo], maxModelRequests: 3 });
    expect(ran.stop).toBe('max_turn_requests');
    // What the last one would have done, no model would have seen.
    expect(echo.calls).toEqual([{ text: '1' }, { text: '2' }]);
    expect(endpoint.about('[[call-for-ever]]').length).toBe(3);
    expect(new Set(statuses(ran)).size).toBe(6);
    await run('next', {}, { conversation: ran.conversation });
    expect(
      sent()
        .filter(({ role }) => role === 'tool')
        .at(-1)?.content,
    ).toContain('Not run');
  });

  test('before an answer that breaks off stays in the history, with its result', async () => {
    const { failure, conversation } = await run('[[call-then-break echo {"text":"done"}]]');
    expect(failure?.code).toBe('agent_crashed');
    await run('next', {}, { conversation });
    expect(sent().slice(2, 4)).toEqual([
      { role: 'tool', tool_call_id: 'call_a', content: 'done' },
      { role: 'assistant', content: 'Now it\n\n[This answer was interrupted here.]' },
    ]);
  });

  test('whose result does not fit does not stand in the way of the next turn', async () => {
    const { failure, conversation } = await run('[[call-then-overflow echo {"text":"huge"}]]');
    expect(failure?.code).toBe('context_overflow');
    await run('next', {}, { conversation });
    expect(sent()[2]?.content).toBe('The result did not fit and was left out.');
  });
});

describe('a tool that needs permission', () => {
  const ask = '[[call careful {"text":"hi"}]]';

  test('runs once the person allows it', async () => {
    const careful = carefulTool();
    const ran = await run(ask, { tools: [careful] }, { answer: choosing('allow_once') });
    expect(ran.text).toContain('The tools gave: hi');
    expect(ran.questions.map(({ title, options }) => [title, ...options.map(({ kind }) => kind)])).toEqual([
      ['Echo hi?', 'allow_once', 'allow_always', 'reject_once'],
    ]);
    const again = await run(
      ask,
      { tools: [careful] },
      { answer: choosing('allow_once'), conversation: ran.conversation },
    );
    expect(again.questions.length).toBe(1);
    expect(careful.calls.length).toBe(2);
  });

  test('allowed for good is not asked for again in this conversation, and in no other', async () => {
    const careful = carefulTool();
    const over = { tools: [careful] };
    const { conversation } = await run(ask, over, { answer: choosing('allow_always') });
    expect((await run(ask, over, { conversation })).text).toContain('The tools gave: hi');
    expect((await run(ask, over, { answer: choosing('reject_once') })).questions.length).toBe(1);
    expect(careful.calls.length).toBe(2);
  });

  test.each([
    ['a no', choosing('reject_once'), 'The person did not allow this.'],
    [
      'a no with a reason',
      choosing('reject_once', 'use the other one'),
      'The person did not allow this. Their reason: use the other one',
    ],
    ['no answer', async () => ({ outcome: 'expired' as const }), 'Nobody answered whether this is allowed'],
    [
      'a question that was taken back',
      async () => ({ outcome: 'cancelled' as const }),
      'The person did not allow this.',
    ],
  ])('does not run after %s, and the model is told', async (_, answer, told) => {
    const careful = carefulTool();
    const ran = await run(ask, { tools: [careful] }, { answer });
    expect(ran.text).toContain(`The tools gave: ${told}`);
    expect(careful.calls).toEqual([]);
    expect(statuses(ran)).toEqual(['tool-1 pending', 'tool-1 failed']);
  });

  test('shows all of a long question, or does not ask', async () => {
    const long = (length: number) => echoTool({ name: 'careful', permission: () => 'x'.repeat(length) });
    const some = await run(ask, { tools: [long(3_000)] }, { answer: choosing('allow_once') });
    expect(some.questions[0]?.title.length).toBe(1_024);
    expect(some.questions[0]?.description).toBe('x'.repeat(3_000));
    const most = await run(ask, { tools: [long(9_000)] });
    expect(most.questions).toEqual([]);
    expect(most.text).toContain('too long to ask');
  });

  test('waits for a person outside of the turn’s time', async () => {
    const slowly: TurnOptions['answer'] = async (question) => {
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      return choosing('allow_once')(question);
    };
    const ran = await run(ask, { tools: [carefulTool()], turnTimeoutMs: 1_500 }, { answer: slowly });
    expect(ran.failure).toBeUndefined();
    expect(ran.text).toContain('The tools gave: hi');
  });
});
