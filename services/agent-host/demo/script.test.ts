import { createHash } from 'node:crypto';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AgentConnection } from '../../../shared/agent-protocol/client.ts';
import { RawClient } from '../conformance/raw-client.ts';
import { TestHost, TOKEN, tell, turnOf } from '../test-host.ts';

let host: TestHost;
let agent: AgentConnection;

beforeAll(async () => {
  host = await TestHost.start();
  agent = host.connect();
});
afterAll(() => host[Symbol.asyncDispose]());

describe('the demo agent', () => {
  test('answers plain text with a quote and the number of the message, and repeats markers once and first', async () => {
    const sessionId = 'plain';
    const one = await tell(agent, turnOf('Hello you', { sessionId }));
    expect(one.text).toBe('Hello! You wrote: “Hello you”. This is message 1 of our conversation.');
    expect(one.events.filter(({ type }) => type === 'message.delta').length).toBeGreaterThan(2);
    const two = await tell(agent, turnOf('How [[m-1]] are you?', { sessionId }));
    expect(two.text).toBe('[[m-1]] Hello! You wrote: “How are you?”. This is message 2 of our conversation.');
  });

  test('demo words streams numbered words, by a schedule that does not drift', async () => {
    const raw = await RawClient.greeted(host.url, TOKEN);
    const input = [{ type: 'text', text: 'demo words=60 pace=10 first=100 [[w]]' }];
    await raw.request({ type: 'session.open', session_id: 'words', workspace: 'words' }, 'session.opened');
    await raw.request({ type: 'turn.start', session_id: 'words', turn_id: 't', input }, 'turn.started');
    const deltas = (await raw.ended('t')).filter(({ type }) => type === 'message.delta');
    const words = Array.from({ length: 60 }, (_, index) => `word${index + 1}`).join(' ');
    expect(deltas.map(({ text }) => text).join('')).toBe(`[[w]] ${words}`);
    // The first one at once, the others some to an event.
    expect(deltas[0]!.text).toBe('[[w]] word1');
    expect(deltas.length).toBeGreaterThan(1);
    // The host's own clock, in whole ms: nothing comes early, and what came late did not push the rest.
    const [first, last] = [deltas[0]!.at as number, deltas.at(-1)!.at as number];
    expect(last - first).toBeGreaterThan(550);
    expect(last - first).toBeLessThan(1_500);
    raw.cut();
  });

  test('demo markdown has everything that a room can show', async () => {
    const { text } = await tell(agent, turnOf('demo markdown'));
    for (const part of ['# ', '- ', '|---', '```ts', '```python', '```sql', '> ', 'https://', 'Съешь', '🎉'])
      expect(text).toContain(part);
  });

  test('remembers within its session and nowhere else', async () => {
    const sessionId = 'remembers';
    await tell(agent, turnOf('demo remember the [[m]] milk', { sessionId }));
    await tell(agent, turnOf('demo remember bread', { sessionId }));
    const { text } = await tell(agent, turnOf('demo recall', { sessionId }));
    expect(text).toBe('I was told to remember:\n\n- the milk\n- bread');
    expect((await tell(agent, turnOf('demo recall'))).text).not.toContain('milk');
  });

  test.each([
    ['allow-once', 'Done: open the door'],
    ['reject-once', 'Not done: open the door'],
  ])('demo ask, answered with %s, says %s', async (option_id, said) => {
    const turn = turnOf('demo ask open the door');
    const { text } = await tell(agent, turn, (event) => {
      if (event.type !== 'permission.request') return;
      const place = { session_id: turn.sessionId, turn_id: turn.turnId, permission_id: event.permission_id };
      void agent.request('permission.respond', { ...place, outcome: 'selected', option_id });
    });
    expect(text).toBe(said);
  });

  test('demo tool reports its progress and then its end', async () => {
    const { events, end } = await tell(agent, turnOf('demo tool seconds=0.6'));
    const calls = events.filter((event) => event.type === 'tool_call.update');
    expect(new Set(calls.map(({ tool_call_id, title }) => `${tool_call_id} ${title}`)).size).toBe(1);
    expect(calls.some(({ status }) => status === 'in_progress')).toBe(true);
    expect(calls.at(-1)).toMatchObject({ status: 'completed', progress: 1 });
    expect(end).toMatchObject({ stop_reason: 'end_turn' });
  });

  test('demo read describes the files of the message; a message of files alone is answered like it', async () => {
    const sessionId = 'reads';
    const inbox = join(host.volume, sessionId, 'inbox');
    await mkdir(inbox, { recursive: true });
    await writeFile(join(inbox, 'a note.txt'), 'Первая строка\nsecond');
    await writeFile(join(inbox, 'blob.bin'), Buffer.from([0, 1, 2, 255]));
    await symlink('/etc/hostname', join(inbox, 'link.txt'));
    const sha256 = createHash('sha256').update('Первая строка\nsecond').digest('hex');
    const all = await tell(agent, turnOf('demo read', { sessionId }));
    expect(all.text).toContain(`\`a note.txt\`: 32 bytes, sha256 \`${sha256}\`, first line: Первая строка`);
    expect(all.text).toMatch(/`blob.bin`: 4 bytes, sha256 `[0-9a-f]{64}`$/m);
    expect(all.text).not.toContain('link.txt');
    const links = ['inbox/blob.bin', 'inbox/link.txt', '../reads/x'].map(
      (path) => ({ type: 'resource_link', path }) as const,
    );
    const some = await tell(agent, turnOf('', { sessionId, input: links }));
    expect(some.text).toContain('3 files:');
    expect(some.text).not.toContain('a note.txt');
    expect(some.text).toContain('`link.txt`: it lies outside of my workspace');
    expect(some.text).toContain('`x`: it lies outside of my workspace');
  });

  test.each(['data.bin', 'notes.txt', 'empty.txt'])('demo file %s is determined by name and size', async (name) => {
    const bytes = name === 'empty.txt' ? 0 : 70 * 1024;
    const made = await Promise.all(
      ['one', 'two'].map(async (sessionId) => {
        const { events } = await tell(
          agent,
          turnOf(`demo file ${name} size=${bytes / 1024}k`, { sessionId: `file-${sessionId}` }),
        );
        const offer = events.find((event) => event.type === 'file.offer');
        const content = await readFile(join(host.volume, `file-${sessionId}`, offer!.path));
        expect(offer).toMatchObject({ name, size: bytes, sha256: createHash('sha256').update(content).digest('hex') });
        expect(content.length).toBe(bytes);
        return content;
      }),
    );
    expect(made[0]!.equals(made[1]!)).toBe(true);
  });

  test('a .png is a picture of 320 × 200; a name that leads out of the workspace is refused', async () => {
    const sessionId = 'pictures';
    const { events } = await tell(agent, turnOf('demo file view.png size=1k', { sessionId }));
    const offer = events.find((event) => event.type === 'file.offer');
    expect(offer).toMatchObject({ mime_type: 'image/png', width: 320, height: 200 });
    const content = await readFile(join(host.volume, sessionId, 'view.png'));
    expect(content.subarray(1, 4).toString()).toBe('PNG');
    expect([content.readUInt32BE(16), content.readUInt32BE(20)]).toEqual([320, 200]);
    expect((await tell(agent, turnOf('demo file ../out.txt', { sessionId }))).text).toContain('cannot write');
  });

  test.each(['.', 'inbox/', 'n'.repeat(300)])('demo file %s, which no file can be called, is said so', async (name) => {
    const { text, end } = await tell(agent, turnOf(`demo file ${name}`, { sessionId: 'names' }));
    expect(text).toContain('cannot write');
    expect(end).toMatchObject({ stop_reason: 'end_turn' });
  });

  test('no answer is so long that it fills the memory of the host', async () => {
    const { text } = await tell(agent, turnOf('demo many=2000 size=200000 pace=0'));
    expect(text.length).toBeLessThan(8_100_000);
    expect(text.endsWith(' end 40')).toBe(true);
  });

  test('demo error and demo crash end a begun answer with an error', async () => {
    const failed = await tell(agent, turnOf('demo error'));
    expect(failed.text).not.toBe('');
    expect(failed.end).toMatchObject({ stop_reason: 'error', error: { code: 'internal', retryable: true } });
    const crashed = await tell(agent, turnOf('demo crash'));
    expect(crashed.end).toMatchObject({ stop_reason: 'error', error: { code: 'agent_crashed' } });
  });

  test('demo hang is a timeout after some words, and the turn is cancelled at the host', async () => {
    const turn = turnOf('demo hang', { idleTimeoutMs: 700 });
    await expect(tell(agent, turn)).rejects.toMatchObject({ code: 'agent_timeout' });
    const after = await tell(agent, { ...turn, idleTimeoutMs: 5_000 });
    expect(after.end).toMatchObject({ stop_reason: 'cancelled' });
    expect(after.text).not.toBe('');
  });

  test.each([
    ['', /^¶\d+ [a-z ]+ end \d+$/],
    [' script=ru', /^¶\d+ [а-яё ]+ end \d+$/],
  ])('demo many=12 size=300%s has paragraphs of exactly that size', async (script, shape) => {
    const { text } = await tell(agent, turnOf(`demo many=12 size=300${script}`));
    const paragraphs = text.split('\n\n');
    expect(paragraphs.length).toBe(12);
    paragraphs.forEach((paragraph, index) => {
      expect(paragraph.length).toBe(300);
      expect(paragraph).toMatch(shape);
      expect(paragraph.startsWith(`¶${index + 1} `) && paragraph.endsWith(` end ${index + 1}`)).toBe(true);
    });
  });

  test('an instruction that the script does not know is answered with those that it knows', async () => {
    expect((await tell(agent, turnOf('demo dance'))).text).toContain('`demo markdown`');
  });
});
