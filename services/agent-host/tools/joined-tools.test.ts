import { describe, expect, test } from 'vitest';
import { joinedTools } from './joined-tools.ts';
import { standardToolSource } from './standard-tools.ts';
import type { Tool, ToolSource } from './tool.ts';

const tool = (name: string, answer = name): Tool => ({
  name,
  description: `It is ${answer}.`,
  parameters: {},
  title: () => answer,
  permission: () => null,
  run: async () => answer,
});

/** What it has may be changed, as that of a server that comes and goes. */
class Source implements ToolSource {
  has: Tool[];
  stopped = false;
  constructor(...has: Tool[]) {
    this.has = has;
  }
  tools = async () => this.has;
  check = async () => this.has.map(({ name }) => `one is ${name}`);
  stop = async () => {
    this.stopped = true;
  };
}

function joined(...sources: ToolSource[]) {
  const warnings: unknown[] = [];
  const source = joinedTools(sources, { warn: (facts: unknown) => warnings.push(facts) });
  const answers = async () => (await source.tools()).map((each) => `${each.name}: ${each.title({})}`);
  return { source, warnings, answers };
}

describe('joined tools', () => {
  test('are those of all sources, in their order, and none of none', async () => {
    const { answers, warnings } = joined(standardToolSource(), new Source(tool('search')), new Source());
    expect((await answers()).map((line) => line.split(':')[0])).toEqual([
      'list_files',
      'read_file',
      'write_file',
      'offer_file',
      'search',
    ]);
    expect(warnings).toEqual([]);
    expect(await joined().answers()).toEqual([]);
  });

  test('with one name are told apart by a number, which is in the log once', async () => {
    const { answers, warnings } = joined(
      new Source(tool('search', 'first')),
      new Source(tool('search', 'second'), tool('search_2', 'third')),
      new Source(tool('search', 'fourth')),
    );
    const expected = ['search: first', 'search_2: second', 'search_2_2: third', 'search_3: fourth'];
    expect(await answers()).toEqual(expected);
    expect(await answers()).toEqual(expected);
    expect(warnings).toEqual([
      { tool: 'search', as: 'search_2' },
      { tool: 'search_2', as: 'search_2_2' },
      { tool: 'search', as: 'search_3' },
    ]);
  });

  test('keep their names while another is away: a permission is remembered by them', async () => {
    const [one, two] = [new Source(tool('search', 'first')), new Source(tool('search', 'second'))];
    const { answers } = joined(one, two);
    await answers();
    one.has = [];
    expect(await answers()).toEqual(['search_2: second']);
    one.has = [tool('search', 'first')];
    expect(await answers()).toEqual(['search: first', 'search_2: second']);
  });

  test('do what they did before they had a number', async () => {
    const { source } = joined(new Source(tool('a'.repeat(64))), new Source(tool('a'.repeat(64), 'second')));
    const [, second] = await source.tools();
    expect(second).toMatchObject({ name: `${'a'.repeat(62)}_2`, description: 'It is second.' });
    const call = { workspace: '/', offer: () => {}, signal: new AbortController().signal, arguments: {} };
    expect(await second!.run(call)).toBe('second');
    expect(second!.permission({})).toBe(null);
  });

  test('are checked and stopped together', async () => {
    const [one, two] = [new Source(tool('a')), new Source(tool('b'))];
    const { source } = joined(one, two, standardToolSource());
    expect(await source.check()).toEqual(['one is a', 'one is b', 'files']);
    await source.stop();
    expect([one.stopped, two.stopped]).toEqual([true, true]);
  });
});
