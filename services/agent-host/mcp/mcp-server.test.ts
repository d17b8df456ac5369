import { describe, expect, test } from 'vitest';
import { mcpServers } from './mcp-server.ts';

const problems = (given: unknown) =>
  mcpServers.safeParse(given).error?.issues.map(({ path, message }) => `${path.join('.')} ${message}`) ?? [];

describe('the configuration of MCP servers', () => {
  test('takes both kinds with all that they may have', () => {
    const given = {
      files: { command: 'npx', args: ['-y', 'x'], env: { KEY: 'v' }, cwd: '/srv', tools: ['read'], timeoutMs: 5_000 },
      'docs-2': {
        url: 'https://example.com/mcp',
        headers: { authorization: 'Bearer x' },
        permission: { read: 'allow', drop: 'deny' },
        trustReadOnlyHint: true,
      },
    };
    expect(mcpServers.parse(given)).toEqual(given);
    expect(mcpServers.parse({})).toEqual({});
  });

  test.each([
    ['no object', [], 'has to be an object of MCP servers; for example {"files"'],
    ['no server', { a: 'npx' }, 'a has to be an object with "command" or "url"; for example'],
    ['neither kind', { a: {} }, 'a has to have either "command" or "url"; for example'],
    ['both kinds', { a: { command: 'x', url: 'http://x' } }, 'a has to have either "command" or "url"'],
    [
      'an unknown key',
      { a: { command: 'x', arguments: [] } },
      'a has the unknown "arguments"; it may have command, args',
    ],
    ['a name', { 'My Files': { command: 'x' } }, 'My Files is no name for a server; it may have 1 to 32 of a-z, 0-9'],
    ['a long name', { ['a'.repeat(33)]: { command: 'x' } }, 'is no name for a server'],
    ['an empty command', { a: { command: '' } }, 'a.command has to be the program that is started, such as "npx"'],
    ['args as text', { a: { command: 'x', args: '-y' } }, 'a.args has to be a list of texts, such as ["-y"'],
    ['a number in env', { a: { command: 'x', env: { N: 1 } } }, 'a.env.N has to be a text, such as "1"'],
    ['headers of stdio', { a: { command: 'x', headers: {} } }, 'a.headers goes only with "url"'],
    ['env of HTTP', { a: { url: 'http://x', env: {} } }, 'a.env goes only with "command"'],
    ['no URL', { a: { url: 'example.com' } }, 'a.url has to be an http(s) URL, such as "https://example.com/mcp"'],
    ['another protocol', { a: { url: 'file:///x' } }, 'a.url has to be an http(s) URL'],
    ['a permission', { a: { command: 'x', permission: 'never' } }, 'a.permission is "ask", "allow", or one of'],
    ['one of a tool', { a: { command: 'x', permission: { t: 'yes' } } }, 'a.permission is "ask", "allow", or one of'],
    [
      'a time as text',
      { a: { command: 'x', timeoutMs: '5s' } },
      'a.timeoutMs has to be a number of milliseconds, such as',
    ],
    ['a long time', { a: { command: 'x', timeoutMs: 700_000 } }, 'a.timeoutMs has to be at most 600000 ms'],
  ])('says what is wrong: %s', (_, given, problem) => {
    expect(problems(given)).toEqual([expect.stringContaining(problem)]);
  });

  test('says it without the values', () => {
    const wrong = { url: 'nowhere-0123456789', headers: { 'x y': 'key-0123456789\n' }, tools: 'list-0123456789' };
    expect(problems({ a: wrong })).toHaveLength(3);
    expect(problems({ a: wrong }).join()).not.toContain('0123456789');
  });
});
