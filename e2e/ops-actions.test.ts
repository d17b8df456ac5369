import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Resident, TestStack } from './test-stack.ts';
import { untilTrue } from './until-true.ts';

let stack: TestStack;
let ann: Resident;
beforeAll(async () => {
  stack = await new TestStack({ scale: { 'turn-worker': 2 } }).up();
  ann = await stack.atHome();
}, 240_000);
afterAll(() => stack?.end(), 60_000);

/** The page as a program uses it. */
async function page(path: string, fields?: Record<string, string>) {
  const { url, user, password } = stack.stack.ops!;
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  const response = await fetch(`${url}${path}`, {
    headers: { authorization, ...(fields && { 'content-type': 'application/x-www-form-urlencoded' }) },
    ...(fields && { method: 'POST', body: new URLSearchParams(fields) }),
  });
  return { status: response.status, text: await response.text() };
}
const act = async (name: string, fields: Record<string, string>) => page(`/actions/${name}`, fields);
/** What a form of the page sends along. */
async function seenAt(path: string): Promise<string> {
  return /name="seen" value="([^"]*)"/.exec((await page(path)).text)![1]!;
}
const audit = async (subject: string) => (await page(`/audit?subject=${encodeURIComponent(subject)}`)).text;
async function notReady(index: number): Promise<string> {
  const response = await fetch(`${stack.role('turn-worker', index).url}/ready`);
  return response.ok ? '' : response.text();
}

describe('what operators do', () => {
  test('a turn is stopped, what waits is dropped, and the person sees who did it', async () => {
    const first = await ann.say('demo words=3000 pace=20');
    await ann.untilShows(first, 'word5');
    const second = await ann.say('[[second]] after it');
    const third = await ann.say('[[third]] after that');
    expect(JSON.parse((await act('stop-turn', { subject: first })).text)).toMatchObject({ state: 'done' });
    const stopped = await ann.untilAnswered(first);
    expect([stopped.state, stopped.text]).toEqual([
      'stopped',
      expect.stringContaining('Stopped by the people who run this bot'),
    ]);
    expect((await ann.untilAnswered(second)).text).toContain('second');
    await ann.untilAnswered(third);

    const running = await ann.say('demo words=3000 pace=20');
    await ann.untilShows(running, 'word5');
    const waiting = await ann.say('[[waiting]] this one waits');
    await untilTrue('the message to wait', async () =>
      (await page(`/actions/stop-waiting?subject=${encodeURIComponent(ann.home.room)}`)).text.includes('2 messages'),
    );
    expect(JSON.parse((await act('stop-waiting', { subject: ann.home.room })).text).text).toContain(
      'one message that waited was dropped',
    );
    expect((await ann.untilAnswered(running)).state).toBe('stopped');
    const dropped = await ann.untilAnswered(waiting);
    expect([dropped.state, dropped.text]).toEqual(['stopped', expect.stringContaining('so I did not answer this')]);
    expect(ann.breaches()).toEqual([]);
    expect(await audit(ann.home.room)).toContain('Stop a room');
  }, 60_000);

  test('a drained worker takes no new work, says so, and lets what runs end; the other one goes on', async () => {
    const long = await ann.say('demo words=300 pace=20');
    await ann.untilShows(long, 'word2');
    const lane = await stack.surfaces('lane', ann.home.room, '--json');
    const holder = /turn-worker-(\d)\//.exec(JSON.parse(lane.output).lane.holder)![1]!;
    const other = holder === '1' ? '2' : '1';
    const drained = await stack.surfaces('drain', 'turn-worker', holder);
    expect([drained.code, drained.output]).toEqual([0, expect.stringContaining('it takes no new work')]);
    expect(await notReady(Number(holder))).toContain('an operator has drained it');
    const next = await ann.say('[[next]] behind it');
    const [one] = await Promise.all([ann.untilAnswered(long), ann.untilAnswered(next)]);
    expect([one.state, one.text]).toEqual(['done', expect.stringContaining('word300')]);
    await stack.surfaces('drain', 'turn-worker', other);
    const waits = await ann.say('[[waits]] for both');
    const room = encodeURIComponent(ann.home.room);
    await untilTrue('the message to wait', async () =>
      (await page(`/actions/stop-waiting?subject=${room}`)).text.includes('1 message'),
    );
    expect(ann.answer(waits).text).toBe('');
    // A process that is started anew is not drained.
    const killed = stack.kill('turn-worker', Number(other));
    expect((await ann.untilAnswered(waits)).text).toContain('waits');
    await stack.untilBack('turn-worker', killed, Number(other));
    const undrained = await stack.surfaces('undrain', 'turn-worker');
    expect(undrained.output).toMatch(/it takes work again/);
    expect(await notReady(Number(holder))).toBe('');
    expect((await page('/audit')).text).toContain('(command line)');
    expect(ann.breaches()).toEqual([]);
  }, 90_000);

  test('a lane is taken from a worker that stands still: another one goes on with the turn in the same message', async () => {
    const long = await ann.say('demo words=200 pace=20');
    await ann.untilShows(long, 'word2');
    const subject = `room/${ann.home.room}`;
    const seen = await seenAt(`/actions/release-lane?subject=${encodeURIComponent(subject)}`);
    expect(JSON.parse((await act('release-lane', { subject, seen })).text)).toMatchObject({ state: 'done' });
    expect((await act('release-lane', { subject, seen })).status).toBe(409);
    const answer = await ann.untilAnswered(long);
    expect([answer.state, answer.text]).toEqual(['done', expect.stringContaining('word200')]);
    expect(ann.breaches()).toEqual([]);
  }, 60_000);

  test('a reconciliation shows what it would do, and does it', async () => {
    expect((await page('/actions/reconcile?subject=light')).text).toContain('Nothing is to be done.');
    expect(JSON.parse((await act('reconcile', { subject: 'light' })).text).text).toContain('Nothing had to be done.');
    expect(await audit('light')).toContain('Reconcile');
  }, 60_000);
});
