import { afterAll, describe, expect, test } from 'vitest';
import { run, SECRET, stdioServer, type TestSource, testSource, until } from './testing/test-source.ts';

const shared = testSource({ s: { ...stdioServer(), timeoutMs: 400 } });
afterAll(() => shared.stop());

const asked = async (source: TestSource, name: string, args: unknown) => {
  const tool = await source.find(name);
  return { title: tool.title(args), permission: tool.permission(args) };
};

describe('what a person sees', () => {
  test('is a short title and the whole question', async () => {
    const text = 'x'.repeat(500);
    const { title, permission } = await asked(shared, 's__echo', { to: 'a\u202e', text });
    expect(title).toMatch(/^echo of s: \{"to":"a\\u202e","text":"x+…$/);
    expect(title.length).toBeLessThanOrEqual('echo of s: '.length + 120);
    expect(permission).toBe(`use echo of s with {"to":"a\\u202e","text":"${text}"}`);
  });

  test('has no secret in it', async () => {
    const { title, permission } = await asked(shared, 's__echo', { key: SECRET });
    expect(title).toBe('echo of s: {"key":"[secret]"}');
    expect(permission).toBe('use echo of s with {"key":"[secret]"}');
  });

  test.each([[null], [7], [['a']]])('nothing is asked for %j, which is refused', async (args) => {
    expect(await asked(shared, 's__echo', args)).toEqual({ title: 'echo of s', permission: null });
    expect(await shared.call('s__echo', args)).toContain('They have to be a JSON object.');
  });

  test('a trusted hint spares the question, of that tool only', async () => {
    await using source = testSource({ s: { ...stdioServer(), trustReadOnlyHint: true } });
    expect((await asked(source, 's__echo', {})).permission).toBeNull();
    expect((await asked(source, 's__pid', {})).permission).toBe('use pid of s with {}');
  });
});

describe('what the model gets', () => {
  test.each([
    ['echo', { a: ['ж', 1] }, '{"a":["ж",1]}'],
    ['fail', {}, 'The tool reported an error:\nno such page'],
    ['nothing', {}, 'The tool gave no result.'],
    ['structured', {}, '{"degrees":21}'],
    ['throw', {}, 'The MCP server s answered with an error: bad key [secret]'],
    ['leak', {}, '[secret] {"at":"[secret]"} 1'],
    [
      'parts',
      {},
      [
        'one',
        '[An image was left out: image/png, 3 kB]',
        '[A sound was left out: audio/ogg, 0 bytes]',
        'two',
        '[A file was left out: application/pdf, 3 bytes]',
        '[A link: https://example.com/x]',
      ].join('\n'),
    ],
    ['client', {}, '{}'],
  ])('of %s', async (name, args, text) => {
    expect(await shared.call(`s__${name}`, args)).toBe(text);
  });

  test('is at most a million characters', async () => {
    expect(await shared.call('s__big', { bytes: 3_000_000 })).toHaveLength(1_000_000);
  });

  test('a server cannot use us for its own questions', async () => {
    expect(await shared.call('s__sample')).toMatch(/not support|Method not found/);
  });
});

describe('a call', () => {
  test('that takes too long is cancelled, and the model is told', async () => {
    const before = Number(await shared.call('s__cancelled'));
    expect(await shared.call('s__hang')).toBe(
      'The tool of s did not answer in time and was cancelled. What it did until then may have taken effect.',
    );
    await until(async () => Number(await shared.call('s__cancelled')) === before + 1);
  });

  test('goes on as long as it tells of its progress', async () => {
    expect(await shared.call('s__progress', { times: 6, ms: 150 })).toBe('arrived');
  });

  test('ends at its longest time, whatever it tells', async () => {
    await using source = testSource({ s: { ...stdioServer(), timeoutMs: 400 } }, { longestCallMs: 600 });
    expect(await source.call('s__progress', { times: 1_000, ms: 50 })).toContain('did not answer in time');
  });

  test('of a cancelled turn throws its reason, cancels the tool, and does not tell the server why', async () => {
    await using source = testSource({ s: stdioServer() });
    const [hang, count] = [await source.find('s__hang'), await source.find('s__cancelled')];
    const turn = new AbortController();
    const call = run(hang, {}, turn.signal);
    // Its request is in the pipe before that of the second call, which has an answer.
    await run(count);
    turn.abort(new Error('the person said stop'));
    await expect(call).rejects.toThrow('the person said stop');
    await until(async () => (await run(count)) === '1');
    await expect(run(count, {}, turn.signal)).rejects.toThrow('the person said stop');
  });

  test('of a server that does not come back says that nothing was called', async () => {
    const source = testSource({ s: stdioServer() });
    const pid = await source.find('s__pid');
    await source.stop();
    expect(await run(pid)).toBe('The MCP server s does not answer now. The tool was not called.');
  });
});
