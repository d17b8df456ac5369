import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Outcome, runRules } from '../conformance/run-rules.ts';
import { TestHost, TOKEN, tell, turnOf } from '../test-host.ts';
import { openaiAdapter } from './openai-adapter.ts';
import { ScriptedEndpoint } from './testing/scripted-endpoint.ts';
import { carefulTool } from './testing/test-tools.ts';
import { settingsFor } from './testing/test-turn.ts';

let endpoint: ScriptedEndpoint;
let host: TestHost;
beforeAll(async () => {
  endpoint = await ScriptedEndpoint.start();
  const settings = settingsFor(endpoint.baseUrl, {
    tools: [carefulTool()],
    contextTokens: 8_000,
    turnTimeoutMs: 60_000,
  });
  host = await TestHost.start({ adapter: openaiAdapter(settings), heartbeatMs: 2_000 });
});
afterAll(async () => {
  await host[Symbol.asyncDispose]();
  await endpoint[Symbol.asyncDispose]();
});

describe('in the host', () => {
  test('every rule of the protocol holds that holds for any agent', async () => {
    const outcomes: Outcome[] = [];
    await runRules(host.url, TOKEN, (outcome) => outcomes.push(outcome));
    expect(outcomes.filter(({ problem }) => problem)).toEqual([]);
    expect(outcomes.filter(({ skipped }) => !skipped).length).toBeGreaterThan(15);
  });

  test('fifty turns at once keep their words, each to itself', async () => {
    const agent = host.connect();
    const told = await Promise.all(
      Array.from({ length: 50 }, (_, at) => tell(agent, turnOf(`${`turn${at} `.repeat(60)}[[plain]]`))),
    );
    told.forEach(({ text, end }, at) => {
      expect(text).toBe(`You said: ${`turn${at} `.repeat(60)}[[plain]]`);
      expect(end).toMatchObject({ type: 'turn.ended', stop_reason: 'end_turn' });
    });
  });

  test('a snapshot, a reset and a loaded snapshot are exact', async () => {
    const agent = host.connect();
    const sessionId = 'snapshots';
    const session = { session_id: sessionId };
    const messages = async (text: string) => {
      await tell(agent, turnOf(text, { sessionId }));
      return endpoint.requests.at(-1)!.body.messages.map(({ content }) => content);
    };
    await messages('one');
    const { snapshot_id } = await agent.request('snapshot.save', { ...session, owner: 'ann', name: 'here' });
    expect(await messages('two')).toEqual(['one', 'You said: one', 'two']);
    await agent.request('session.reset', session);
    expect(await messages('anew')).toEqual(['anew']);
    await agent.request('snapshot.load', { ...session, snapshot_id });
    expect(await messages('three')).toEqual(['one', 'You said: one', 'three']);
    expect(await agent.request('context.get', session)).toMatchObject({ context: { used: 120, size: 8_000 } });
  });

  test('a person is asked, and a failure says whether it may be tried again', async () => {
    const agent = host.connect();
    const turn = turnOf('[[call careful {"text":"hi"}]]');
    const { text } = await tell(agent, turn, (event) => {
      if (event.type !== 'permission.request') return;
      const place = { session_id: turn.sessionId, turn_id: turn.turnId, permission_id: event.permission_id };
      void agent.request('permission.respond', { ...place, outcome: 'selected', option_id: 'allow-once' });
    });
    expect(text).toContain('The tools gave: hi');
    const { end } = await tell(agent, turnOf('[[wrong-key]]'));
    expect(end).toMatchObject({ stop_reason: 'error', error: { code: 'agent_unavailable', retryable: true } });
  });

  test('a turn that is cancelled ends as cancelled, at the model as well', async () => {
    const agent = host.connect();
    const abort = new AbortController();
    const turn = turnOf('[[slow 5000 10]]', { signal: abort.signal });
    const { end } = await tell(agent, turn, ({ type }) => type === 'message.delta' && abort.abort({ cancel: true }));
    expect(end).toMatchObject({ stop_reason: 'cancelled' });
    await expect.poll(() => endpoint.about('[[slow 5000 10]]')[0]?.closedEarly).toBe(true);
    const { text } = await tell(agent, turnOf('next', { sessionId: turn.sessionId }));
    expect(text).toBe('You said: next');
    expect(endpoint.requests.at(-1)?.body.messages[1]?.content).toContain('[This answer was interrupted here.]');
  });
});
