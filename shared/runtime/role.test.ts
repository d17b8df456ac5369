import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, test } from 'vitest';

const ROLE = new URL('role.ts', import.meta.url).href;
const soon = { timeout: 20_000, interval: 20 };

let child: ChildProcess | undefined;
afterEach(() => child?.kill('SIGKILL'));

/** A role of its own process whose `start` is `body`, with what `runRole` gives it. */
function startRole(body: string) {
  const script = `import { runRole } from ${JSON.stringify(ROLE)};
    await runRole({ name: 'stopping', variables: [], needs: [], async start({ log, onStop, stopping, fail }) { ${body} } });`;
  const flags = ['--disable-warning=ExperimentalWarning', '--input-type=module', '--eval', script];
  const env = { PATH: process.env.PATH, SURFACES_HTTP_PORT: '0', SURFACES_HTTP_HOST: '127.0.0.1' };
  child = spawn(process.execPath, flags, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout!, child.stderr!]) stream.on('data', (data) => (output += data));
  const exit = once(child, 'exit');
  return {
    child,
    exit,
    said: (text: string) => expect.poll(() => output, soon).toContain(text),
    output: () => output,
    ready: async () => (await fetch(`${/"url":"([^"]+)"/.exec(output)![1]}/ready`)).json(),
  };
}

const HANGS = "onStop('hangs', () => { log.info('hanging'); return new Promise(() => {}); });";

describe('a role that is asked to stop', () => {
  test('stops what it opened, last first, says in /ready that it does, and ends with 0', async () => {
    const role = startRole(`
      onStop('first', async () => log.info('closed first'));
      onStop('second', () => new Promise((resolve) => process.once('SIGUSR2', resolve)));
      onStop('third', async () => log.info('closed third, ' + stopping.aborted));
    `);
    await role.said('"started"');
    expect(await role.ready()).toMatchObject({ ready: true });
    role.child.kill('SIGTERM');
    await role.said('closed third, true');
    expect(await role.ready()).toMatchObject({ ready: false, reasons: [{ problem: 'it is being stopped' }] });
    expect(role.output()).not.toContain('closed first');
    role.child.kill('SIGUSR2');
    expect(await role.exit).toEqual([0, null]);
    expect(role.output()).toContain('closed first');
  });

  test.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const)('a second time, with %s, ends at once with %i', async (signal, code) => {
    const role = startRole(HANGS);
    await role.said('"started"');
    role.child.kill('SIGTERM');
    await role.said('hanging');
    role.child.kill(signal);
    expect(await role.exit).toEqual([code, null]);
    expect(role.output()).toContain('asked again');
  });

  test('ends with 0 also when something fails because of it', async () => {
    const role = startRole(`onStop('fails', async () => fail(new Error('the connection was closed')));`);
    await role.said('"started"');
    role.child.kill('SIGTERM');
    expect(await role.exit).toEqual([0, null]);
    expect(role.output()).toContain('while it was stopped: the connection was closed');
    expect(role.output()).not.toContain('"fatal"');
  });

  test('once, while it ends because of an error, lets it end as it does', async () => {
    const role = startRole(
      `onStop('slow', () => { log.info('slow'); return new Promise((resolve) => process.once('SIGUSR2', resolve)); });
      setTimeout(() => fail(new Error('broken')), 1);`,
    );
    await role.said('"slow"');
    role.child.kill('SIGTERM');
    role.child.kill('SIGUSR2');
    expect(await role.exit).toEqual([1, null]);
  });
});
