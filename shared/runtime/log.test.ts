import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const run = promisify(execFile);

/** What a process writes that runs this code with the modules of this folder. */
async function written(code: string): Promise<string> {
  const imports = ['log', 'work'].map((name) => `import * as ${name} from '${import.meta.dirname}/${name}.ts';`);
  const args = ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', `${imports.join('\n')}\n${code}`];
  return (await run(process.execPath, args)).stdout;
}

async function lines(code: string): Promise<Record<string, unknown>[]> {
  const text = await written(`const say = log.createLog('info', { role: 'test' });\n${code}`);
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

test('every line of a piece of work carries its ids, however deep it is written, and no other line does', async () => {
  const [before, ...rest] = await lines(`
    const deep = async (msg) => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      say.info(msg);
    };
    say.info('before');
    let later;
    const one = work.inWork({ room: '!one', event: '$one' }, async () => {
      later = work.carryWork();
      await deep('one');
      work.bindToWork({ turn: 'of-one' });
      await deep('one again');
      work.outsideWork(() => say.info('a connection'));
      say.info({ room: '!named' }, 'a line of its own');
    });
    const two = work.inWork({ room: '!two' }, () => deep('two'));
    await Promise.all([one, two]);
    later(() => say.info('carried'));
    say.info('after');
  `);
  const byMessage = Object.fromEntries(rest.map(({ msg, room, event, turn }) => [msg, [room, event, turn]]));
  expect([before!.room, before!.role]).toEqual([undefined, 'test']);
  expect(byMessage).toEqual({
    one: ['!one', '$one', undefined],
    'one again': ['!one', '$one', 'of-one'],
    'a connection': [undefined, undefined, undefined],
    'a line of its own': ['!named', '$one', 'of-one'],
    two: ['!two', undefined, undefined],
    carried: ['!one', '$one', 'of-one'],
    after: [undefined, undefined, undefined],
  });
});

test('what stands under the name of a secret is not written, in no form', async () => {
  const text = await written(`
    for (const pretty of [false, true])
      log.createLog('info', {}, { pretty }).info({ token: 'hidden', to: { headers: { authorization: 'hidden' } } }, 'asked');
  `);
  expect(text).toContain('asked');
  expect(text).not.toContain('hidden');
});

test('a person at a terminal gets words, everybody else JSON', async () => {
  const text = await written(
    `log.createLog('info', { role: 'test' }, { pretty: true }).info({ code: 'x' }, 'started');`,
  );
  expect(text).toMatch(/INFO.*started/);
  expect(() => JSON.parse(text)).toThrow();
  const json = await written(
    `console.log(log.prettyLines()('{"level":"warn","time":"2026-11-28T07:00:00.000Z","msg":"hot"}'))`,
  );
  expect(json).toMatch(/2026-11-28 .*WARN.*hot/);
});
