import { mkdtempSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ErrorOutput } from './error-output.ts';
import { StdioTransport } from './stdio-transport.ts';
import { isAlive, run, SECRET, stdioServer, testSource, until } from './testing/test-source.ts';

describe('a server that is a process', () => {
  test('is started when its tools are asked for, once, and gone after stop', async () => {
    const source = testSource({ s: stdioServer() });
    const [one, two] = await Promise.all([source.call('s__pid'), source.call('s__pid')]);
    expect(one).toBe(two);
    const child = Number(await source.call('s__child'));
    expect(isAlive(Number(one)) && isAlive(child)).toBe(true);
    await source.stop();
    // No zombie: a process that was not waited for would still take signals.
    expect(isAlive(Number(one))).toBe(false);
    await until(() => !isAlive(child));
    expect(await source.tools()).toEqual([]);
    expect(source.lines.filter(({ level }) => level !== 'debug')).toEqual([]);
  });

  test('is killed where it does not end, with all that it started', async () => {
    const source = testSource({ s: stdioServer({ isStubborn: true }) });
    const pid = Number(await source.call('s__pid'));
    await source.stop();
    expect(isAlive(pid)).toBe(false);
  });

  test('is gone when it is stopped while it starts', async () => {
    const source = testSource({ s: stdioServer({ start: 'silent' }) });
    const tools = source.tools();
    await source.stop();
    expect(await tools).toEqual([]);
    expect(source.lines.filter(({ level }) => level === 'warn')).toEqual([]);
  });

  test('is gone when it is closed between its start and the news of it', async () => {
    const processes = () => process.getActiveResourcesInfo().filter((kind) => kind === 'ProcessWrap').length;
    const before = processes();
    const errors = new ErrorOutput(
      () => {},
      (text) => text,
    );
    const transport = new StdioTransport({ command: 'sleep', args: ['600'] }, 300, errors);
    const started = transport.start();
    await transport.close();
    await started;
    expect(processes()).toBe(before);
    await expect(transport.send({ jsonrpc: '2.0', method: 'x' })).rejects.toThrow('has ended');
  });

  test('sees little of our environment', async () => {
    process.env.OF_THE_HOST = 'key-of-the-host';
    await using source = testSource({ s: stdioServer({}, { env: { OWN: 'x' } }) });
    const names: string[] = JSON.parse(await source.call('s__environment'));
    expect(names).toEqual(expect.arrayContaining(['PATH', 'OWN', 'SCRIPT']));
    const few = ['HOME', 'LANG', 'OWN', 'PATH', 'SCRIPT', 'SECRET', 'SHORT', 'TMPDIR'];
    expect(names.filter((name) => !few.includes(name))).toEqual([]);
  });

  test('runs in its folder', async () => {
    const cwd = mkdtempSync(join(tmpdir(), 'mcp-'));
    await using source = testSource({ s: { command: 'sh', args: ['-c', 'pwd >&2'], cwd } });
    expect(await source.check()).toEqual([expect.stringContaining(`the last it wrote to stderr: ${cwd}`)]);
  });

  test('is told why it is not there: command, end, last words without secrets', async () => {
    await using source = testSource({
      none: { command: '/nowhere/x' },
      folder: stdioServer({}, { cwd: '/nowhere' }),
      ends: stdioServer({ start: 'exit' }),
      babbles: { command: 'sh', args: ['-c', 'echo hello; exit 1'] },
    });
    expect(await source.check()).toEqual([
      'none: does not answer: its command or its folder was not found (ENOENT)',
      'folder: does not answer: its command or its folder was not found (ENOENT)',
      'ends: does not answer: it ended with code 7; the last it wrote to stderr: cannot read [secret]',
      'babbles: does not answer: it ended with code 1',
    ]);
    expect(source.logged()).not.toContain('0123');
  });

  test('that dies in a call is there again for the next, in the same turn', async () => {
    await using source = testSource({ s: stdioServer() });
    const [pid, die] = [await source.find('s__pid'), await source.find('s__die')];
    const first = await run(pid);
    expect(await run(die)).toBe(
      'The tool of s did not answer: the connection was closed. What it did until then may have taken effect.',
    );
    const second = await run(pid);
    expect(second).toMatch(/^\d+$/);
    expect(second).not.toBe(first);
    expect(source.lines).toContainEqual({
      level: 'warn',
      message: 'an MCP server was lost',
      mcp: 's',
      why: 'it ended with code 3',
    });
  });

  test('has its stderr in the debug log, bounded and without secrets', async () => {
    await using source = testSource({ s: stdioServer() });
    await source.call('s__noise', { lines: 500 });
    const noise = () => source.lines.filter(({ stderr }) => String(stderr).startsWith('noise'));
    await until(() => noise().length >= 50);
    expect(noise()[0]).toMatchObject({ level: 'debug', mcp: 's', stderr: 'noise 0 [secret]' });
    expect(noise().length).toBeLessThan(200);
    expect(source.logged()).not.toContain(SECRET.slice(0, 8));
  });

  test('that floods us is ended, which the model is told', async () => {
    await using source = testSource({ s: stdioServer() });
    expect(await source.call('s__big', { bytes: 9 * 1024 ** 2 })).toContain('did not answer');
    expect(source.lines).toContainEqual(expect.objectContaining({ why: 'its message is longer than 8 MiB' }));
    expect(await source.call('s__pid')).toMatch(/^\d+$/);
  });
});

describe('an outage', () => {
  test('is waited for once, logged once, and over when the server answers', async () => {
    const command = join(mkdtempSync(join(tmpdir(), 'mcp-')), 'late');
    await using source = testSource({ late: stdioServer({}, { command }), fine: stdioServer() });
    const names = async () => new Set((await source.tools()).map(({ name }) => name.split('__')[0]));
    expect(await names()).toEqual(new Set(['fine']));
    await until(async () => (await source.check())[0]!.includes('ENOENT'));
    symlinkSync(process.execPath, command);
    // Nobody asks for it: the background does.
    await until(() => source.lines.some(({ message }) => message === 'an MCP server answers again'));
    expect(await names()).toEqual(new Set(['late', 'fine']));
    expect(source.lines.filter(({ level }) => level === 'warn')).toHaveLength(1);
  });

  test('is no outage where a server is only busy: a call goes on, and the tools stay', async () => {
    await using source = testSource({ s: stdioServer() }, { connectMs: 1_000, listAgeMs: 0 });
    const before = await source.tools();
    const [block, grow] = [await source.find('s__block'), await source.find('s__grow')];
    const call = run(block, { ms: 2_500 });
    await until(() => source.lines.some(({ stderr }) => stderr === 'blocked'));
    const began = performance.now();
    expect(await source.tools()).toHaveLength(before.length);
    expect(performance.now() - began).toBeLessThan(700);
    expect(await call).toBe('free');
    // The same where the list has changed, and cannot be read now.
    await run(grow);
    const other = run(block, { ms: 2_500 });
    await until(() => source.lines.filter(({ stderr }) => stderr === 'blocked').length === 2);
    expect(await source.tools()).toHaveLength(before.length);
    expect(await other).toBe('free');
    expect(await source.tools()).toHaveLength(before.length + 1);
  });

  test('of a silent server costs the first turn its time, and no other turn any', async () => {
    await using source = testSource({ s: stdioServer({ start: 'silent' }), fine: stdioServer() }, { connectMs: 1_500 });
    const began = performance.now();
    expect((await source.tools()).length).toBeGreaterThan(0);
    expect(performance.now() - began).toBeLessThan(3_000);
    await until(() => source.lines.some(({ problem }) => problem === 'nothing came within 1.5 s'));
    const again = performance.now();
    await source.tools();
    expect(performance.now() - again).toBeLessThan(1_000);
  });
});
