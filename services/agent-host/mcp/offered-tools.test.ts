import { describe, expect, test } from 'vitest';
import type { ServerTool } from './list-tools.ts';
import type { McpServer } from './mcp-server.ts';
import { offeredTools } from './offered-tools.ts';
import { ToolNames } from './tool-names.ts';

const tool = (name: string, over: Partial<ServerTool> = {}): ServerTool => ({
  name,
  description: '',
  parameters: { type: 'object' },
  readOnlyHint: false,
  ...over,
});

const offer = (server: Omit<McpServer, 'command' | 'url'>, tools: readonly ServerTool[], isCut = false) =>
  offeredTools({ command: 'x', ...server }, { tools, isCut }, new ToolNames('s'), (text) =>
    text.replaceAll('KEY', '*'),
  );

describe('permission', () => {
  const reads = tool('t', { readOnlyHint: true });
  test.each([
    ['is asked without a word of the operator', {}, tool('t'), true],
    ['is asked however harmless the server calls it', {}, reads, true],
    ['is asked where hints are trusted, but there is none', { trustReadOnlyHint: true }, tool('t'), true],
    ['is not asked where a hint is trusted', { trustReadOnlyHint: true }, reads, false],
    ['is asked where the operator says so, hint or not', { trustReadOnlyHint: true, permission: 'ask' }, reads, true],
    ['is not asked where the operator allows all', { permission: 'allow' }, tool('t'), false],
    ['is not asked where the operator allows this', { permission: { t: 'allow' } }, tool('t'), false],
    ['is asked where the operator allows another', { permission: { u: 'allow' } }, tool('t'), true],
    ['is asked for a name of every object', { permission: {} }, tool('toString'), true],
  ] as const)('%s', (_, server, given, isAsked) => {
    expect(offer(server, [given]).offered).toMatchObject([{ isAsked }]);
  });
});

describe('of a list', () => {
  test('what is denied or not chosen is not offered', () => {
    const { offered } = offer({ tools: ['a', 'b'], permission: { b: 'deny' } }, [tool('a'), tool('b'), tool('c')]);
    expect(offered.map(({ name }) => name)).toEqual(['s__a']);
  });

  test('tools whose arguments are no object are left out and named', () => {
    const nested = JSON.parse(`${'{"a":'.repeat(6_000)}1${'}'.repeat(6_000)}`);
    const large = { type: 'object', description: 'x'.repeat(40_000) };
    const { offered, notes } = offer({}, [
      tool('none', { parameters: undefined }),
      tool('large', { parameters: large }),
      tool('nested', { parameters: { type: 'object', nested } }),
      tool('fine'),
    ]);
    expect(offered.map(({ name }) => name)).toEqual(['s__fine']);
    expect(notes).toEqual(['left out, their arguments are no object or too large: none, large, nested']);
  });

  test('the operator hears of names that are not there, and of a list that was cut', () => {
    expect(offer({ tools: ['a', 'z'], permission: { y: 'allow' } }, [tool('a')]).notes).toEqual([
      'it does not have what the configuration names: z, y',
    ]);
    expect(offer({ tools: ['z'] }, [tool('a')], true).notes).toEqual([
      expect.stringContaining('more tools than are read'),
    ]);
  });

  test('texts are cut, cleaned, and without secrets', () => {
    const { offered } = offer({}, [
      tool('rm\u202e KEY\n', {
        description: `KEY\u0000\n${'x'.repeat(2_000)}`,
        parameters: { type: 'object', d: 'KEY' },
      }),
    ]);
    expect(offered[0]).toMatchObject({ name: 's__rm_', shownName: 'rm_', parameters: { d: '*' } });
    expect(offered[0]!.description).toHaveLength(1_024);
    expect(offered[0]!.description).toMatch(/^\*\nx+…$/);
  });
});

describe('names for the model', () => {
  test('have only what model servers take, and are never the same', () => {
    const names = new ToolNames('a-1');
    const given = ['get.page', 'get page', 'get_page', 'ä', '', 'x'.repeat(100), `${'x'.repeat(100)}y`].map((name) =>
      names.nameOf(name),
    );
    expect(given.slice(0, 5)).toEqual(['a-1__get_page', 'a-1__get_page_2', 'a-1__get_page_3', 'a-1___', 'a-1__tool']);
    expect(given[5]).toHaveLength(64);
    expect(given[6]).toMatch(/^a-1__x+_2$/);
    for (const name of given) expect(name).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
  });

  test('stay with their tool when the list changes, and have an end', () => {
    const names = new ToolNames('a');
    const second = [names.nameOf('x.y'), names.nameOf('x y')][1];
    expect(names.nameOf('x y')).toBe(second);
    for (let at = 0; at < 3_000; at++) names.nameOf(`t${at}`);
    expect(names.nameOf('one more')).toBeUndefined();
    expect(names.nameOf('x y')).toBe(second);
  });
});
