import { expect, test } from 'vitest';
import { httpTestServer } from './testing/http-server.ts';
import { run, stdioServer, testSource, until } from './testing/test-source.ts';

const named = (tools: readonly { readonly name: string }[]) => tools.map(({ name }) => name);

test('all pages of a list are read, and of a long one 200 tools', async () => {
  await using source = testSource({
    pages: stdioServer({ more: 30, pageSize: 3 }),
    long: stdioServer({ more: 500, pageSize: 50 }),
    endless: stdioServer({ pageSize: 1, isEndless: true }),
  });
  const names = named(await source.tools());
  expect(names.filter((name) => name.startsWith('pages__tool-'))).toHaveLength(30);
  expect(names.filter((name) => name.startsWith('long__'))).toHaveLength(200);
  expect(names.filter((name) => name.startsWith('endless__')).length).toBeLessThanOrEqual(20);
  expect((await source.check()).map((line) => line.replace(/^(\w+): \d+ tools/, '$1'))).toEqual([
    'pages',
    'long; it has more tools than are read; the rest was left out',
    'endless; it has more tools than are read; the rest was left out',
  ]);
});

test('a changed list is there in the next turn; a turn keeps what it began with', async () => {
  await using source = testSource({ s: stdioServer() });
  const before = await source.tools();
  await source.call('s__grow');
  expect(named(before)).not.toContain('s__grown');
  await until(async () => named(await source.tools()).includes('s__grown'));
});

test('a list that is old is read again, though nothing was told', async () => {
  await using source = testSource({ s: stdioServer() }, { listAgeMs: 0 });
  const first = await source.find('s__pid');
  expect(named(await source.tools())).toContain(first.name);
  expect(source.lines.filter(({ level }) => level === 'warn')).toEqual([]);
});

test('tools are offered as the configuration says, with all that a model needs', async () => {
  const server = {
    ...stdioServer(),
    tools: ['echo', 'pid', 'nothing', 'gone'],
    permission: { pid: 'deny', nothing: 'allow' } as const,
  };
  await using source = testSource({ s: server });
  const tools = await source.tools();
  expect(named(tools)).toEqual(['s__echo', 's__nothing']);
  expect(tools[0]).toMatchObject({
    description: 'Plays echo. [secret]',
    parameters: { type: 'object', properties: {} },
  });
  expect(tools[0]!.parameters).not.toHaveProperty('$schema');
  expect(await source.check()).toEqual(['s: 2 tools; it does not have what the configuration names: gone']);
  const notes = source.lines.filter(({ message }) => message === 'of an MCP server’s tools');
  expect(notes).toHaveLength(1);
});

test('servers that speak only the protocol of 2026-07-28 are spoken to in it', async () => {
  await using server = await httpTestServer({ isModern: true });
  await using source = testSource({ s: stdioServer({ isModern: true }), h: { url: server.url } });
  for (const name of ['s', 'h']) {
    expect(await source.call(`${name}__echo`, { a: 1 })).toBe('{"a":1}');
    expect(await source.call(`${name}__progress`, { times: 2, ms: 1 })).toBe('arrived');
    expect(await source.call(`${name}__fail`)).toContain('reported an error');
  }
  const turn = new AbortController();
  const hang = run(await source.find('h__hang'), {}, turn.signal);
  await until(() => server.seen.some(({ body }) => body.includes('"name":"hang"')));
  turn.abort(new Error('stopped'));
  await expect(hang).rejects.toThrow('stopped');
  await until(() => server.given.up === 1);
});

test('without servers there is nothing, and nothing is loaded', async () => {
  await using source = testSource({});
  expect(await source.tools()).toEqual([]);
  expect(await source.check()).toEqual([]);
});
