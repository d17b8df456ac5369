import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readAgents } from './read-agents.ts';

const helper = { kind: 'openai', url: 'http://127.0.0.1:1/v1', model: 'm' };
const read = (value: unknown, environment: NodeJS.ProcessEnv = {}) => readAgents(JSON.stringify(value), environment);
const problemsOf = (value: unknown, environment?: NodeJS.ProcessEnv): string => {
  try {
    read(value, environment);
  } catch (error) {
    expect(error).toMatchObject({ code: 'config_invalid' });
    return (error as Error).message;
  }
  throw new Error('it was taken');
};

describe('agents', () => {
  test('come in their order, the default first', () => {
    const coder = { kind: 'acp', command: ['opencode', 'acp'], memory: '2G', idle: '5m' };
    const agents = read({ default: 'coder', agents: { helper, coder, tour: { kind: 'demo' } } });
    expect(agents.map(({ name }) => name)).toEqual(['coder', 'helper', 'tour']);
    expect(agents[0]!.definition).toMatchObject({ memory: 2 * 1024 ** 3, idle: 300_000 });
  });

  test('take secrets from variables and files', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'agents-'));
    await writeFile(join(folder, 'key'), 'from a file\n');
    const files = {
      docs: { url: 'https://a.example/mcp', headers: { authorization: { $file: join(folder, 'key') } } },
    };
    const [agent] = read(
      { agents: { helper: { ...helper, key: { $env: 'KEY' }, mcp: files } } },
      { KEY: 'from a variable' },
    );
    await rm(folder, { recursive: true });
    expect(agent!.definition).toMatchObject({
      key: 'from a variable',
      mcp: { docs: { headers: { authorization: 'from a file' } } },
    });
  });
});

describe('what is wrong is said, all of it at once', () => {
  test.each([
    ['no agents', { agents: {} }, 'agents has to have between 1 and 64'],
    ['no object', [], 'it has to be an object; for example {"agents"'],
    ['a kind that is none', { agents: { a: { kind: 'magic' } } }, 'agents.a.kind has to be "openai", "acp" or "demo"'],
    ['a default that is none', { default: 'b', agents: { a: helper } }, 'default is none of a'],
    ['a name with a space', { agents: { 'a b': helper } }, 'is no name for an agent'],
    ['a name of digits', { agents: { 7: helper } }, 'a number picks from the list'],
    [
      'a variable that is not set',
      { agents: { a: { ...helper, key: { $env: 'NOPE' } } } },
      'agents.a.key names the variable NOPE',
    ],
    [
      'a file that is not there',
      { agents: { a: { ...helper, key: { $file: '/nope' } } } },
      '/nope, which cannot be read (ENOENT)',
    ],
    [
      'two sources',
      { agents: { a: { ...helper, key: { $env: 'A', $file: 'b' } } } },
      'agents.a.key has to be like {"$env"',
    ],
    ['a word too many', { agents: { a: { ...helper, modle: 'x' } } }, '"modle"'],
    [
      'a command as one text',
      { agents: { a: { kind: 'acp', command: 'opencode acp' } } },
      'a list of texts, such as ["opencode", "acp"]',
    ],
    [
      'a size that is none',
      { agents: { a: { kind: 'acp', command: ['x'], memory: 'much' } } },
      'agents.a.memory is not a number of bytes',
    ],
  ])('%s', (_what, value, problem) => expect(problemsOf(value)).toContain(problem));

  test('several', () => {
    const problems = problemsOf({
      default: 'x',
      agents: { a: { ...helper, key: { $env: 'NOPE' } }, b: { kind: 'acp' } },
    });
    expect(problems.split('\n').length).toBeGreaterThan(2);
  });

  test('and never a value', () => {
    const secret = 'sk-very-secret';
    expect(() => readAgents(`{"agents": {"a": {"key": "${secret}" oops`, {})).toThrow(/no JSON/);
    try {
      readAgents(`{"agents": {"a": ${secret}`, {});
    } catch (error) {
      expect((error as Error).message).not.toContain('secret');
    }
    expect(problemsOf({ agents: { a: { ...helper, temperature: secret } } })).not.toContain(secret);
  });
});
