import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AgentConnection } from '../../../shared/agent-protocol/client.ts';
import { runRules } from '../conformance/run-rules.ts';
import { TestHost, TOKEN, tell, turnOf } from '../test-host.ts';
import { TestAgent } from './testing/test-agent.ts';

/** Long enough that a busy machine answers pings within it, short enough to be waited for. */
const heartbeatMs = 2_000;
/** What makes the scripted agent behave as rules need it. */
const prompts = {
  words: '[[say hello]][[usage]]',
  long: '[[words 400 10]]',
  echo: 'Say {text} once more',
  flood: '[[flood 20]]',
  ask: '[[ask waters the plants]][[say done]]',
  file: '[[write outbox/note.txt content]]',
  tool: '[[tool-for 4000]]',
  fail: '[[say well,]][[error -32603 broken]]',
  crash: '[[say well,]][[crash]]',
  hang: '[[say well,]][[wait]]',
  remember: 'Keep {word} in mind',
  recall: '[[recall]]',
};

let agent: TestAgent;
let host: TestHost;
let connection: AgentConnection;
beforeAll(async () => {
  agent = new TestAgent({ fork: true }, { turnTimeoutMs: 60_000, maxProcesses: 2 });
  host = await TestHost.start({ adapter: agent.adapter, heartbeatMs });
  connection = host.connect();
});
afterAll(async () => {
  await host[Symbol.asyncDispose]();
  await agent[Symbol.asyncDispose]();
});

describe('in the host', () => {
  test('every rule of the protocol holds', { timeout: 120_000 }, async () => {
    const outcomes = await runRules(host.url, TOKEN, () => {}, { prompts, script: 'none', patienceMs: 20_000 });
    expect(outcomes.filter(({ problem }) => problem)).toEqual([]);
    expect(outcomes.filter(({ skipped }) => !skipped).length).toBeGreaterThan(40);
  });

  test.each([
    ['before a tool had started may be tried again', '[[crash]]', true],
    ['while a permission waited may be tried again', '[[ask-and-crash]]', true],
    ['after a tool had started may not', '[[open works]][[crash]]', false],
  ])('a crash %s', async (_, words, retryable) => {
    const { end } = await tell(connection, turnOf(words));
    expect(end).toMatchObject({ stop_reason: 'error', error: { code: 'agent_crashed', retryable } });
  });

  test('a crash after a permission was given may not be tried again, whatever the agent told of the tool', async () => {
    const { end } = await tell(connection, turnOf('[[ask works]][[crash]]'), (event) => {
      if (event.type !== 'permission.request') return;
      const { session_id, permission_id } = event;
      void connection.request('permission.respond', {
        ...{ session_id, turn_id: event.turn_id, permission_id },
        ...{ outcome: 'selected', option_id: 'y-once' },
      });
    });
    expect(end).toMatchObject({ error: { code: 'agent_crashed', retryable: false } });
  });
});
