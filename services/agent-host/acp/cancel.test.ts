import { afterAll, describe, expect, test } from 'vitest';
import { eventually } from './testing/eventually.ts';
import { isThere, stoppingWhen, TestAgent } from './testing/test-agent.ts';

const agent = new TestAgent();
afterAll(() => agent[Symbol.asyncDispose]());
const atFirstWord = () => stoppingWhen(({ type }) => type === 'message.delta');

describe('a turn that is stopped', () => {
  test('comes back at once; what was said stays, and what comes late is not heard', async () => {
    const begun = performance.now();
    const { text, stop, failure, events } = await agent.turn('[[words 1000 10]]', { session: 'one', ...atFirstWord() });
    expect(performance.now() - begun).toBeLessThan(5_000);
    expect([stop, failure]).toEqual([undefined, undefined]);
    expect(text).toMatch(/^word1 /);
    expect(agent.conversations.get('one')).toMatchObject({
      transcript: [{ role: 'user' }, { role: 'agent', text, interrupted: true }],
    });
    // The next turn waits for the end of this one: its late pieces belong to nobody.
    const next = await agent.turn('[[recall]]', { session: 'one' });
    expect(next.text).toContain('late1 late2 late3 ');
    expect(events.some((event) => event.type === 'message.delta' && event.text.includes('late'))).toBe(false);
    expect(agent.seen('session/cancel').length).toBe(1);
    expect(agent.pids.length).toBe(1);
  });

  test('leaves others of the same process alone', async () => {
    const other = agent.turn('[[words 40 10]]', { session: 'other' });
    await agent.turn('[[words 1000 10]]', { session: 'one', ...atFirstWord() });
    expect((await other).text).toContain('word40');
  });

  test('before it began sends nothing', async () => {
    const before = agent.seen().length;
    const { failure } = await agent.turn('hello', { session: 'one', signal: AbortSignal.abort() });
    expect(failure).toBeUndefined();
    expect(agent.seen().length).toBe(before);
  });

  test('while the process starts or the session opens sends no prompt', async () => {
    await using slow = new TestAgent({ initializeMs: 300 });
    await slow.turn('[[say never]]', { signal: AbortSignal.timeout(50) });
    expect((await slow.turn('[[recall]]')).text).not.toContain('user<never');
    expect(slow.pids.length).toBe(1);
    expect(slow.seen('session/prompt').length).toBe(1);
  });

  test('which hears no cancel costs the process, and the next turn goes on in another with all that was kept', async () => {
    await using stubborn = new TestAgent({}, { patience: { cancelMs: 200 } });
    await stubborn.turn('my name is Ada');
    await stubborn.turn('[[stubborn]]', atFirstWord());
    const [first] = stubborn.pids;
    const next = await stubborn.turn('[[recall]]');
    expect(next.text).toContain('my name is Ada');
    expect(stubborn.pids.length).toBe(2);
    expect(isThere(first!)).toBe(false);
  });

  test('which hears no cancel does not end the turns of others: the process ends after them', async () => {
    await using stubborn = new TestAgent({}, { patience: { cancelMs: 200 } });
    await stubborn.turn('hello');
    const other = stubborn.turn('[[words 100 10]]', { session: 'other' });
    await eventually(() => stubborn.seen('session/prompt').length).toBe(2);
    await stubborn.turn('[[stubborn]]', atFirstWord());
    const next = await stubborn.turn('[[where]]');
    const [first, second] = stubborn.pids;
    expect(next.text).toMatch(new RegExp(` ${second}$`));
    expect((await other).text).toContain('word100');
    await eventually(() => isThere(first!)).toBe(false);
  });
});
