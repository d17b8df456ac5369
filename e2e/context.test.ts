import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stateOf } from '../services/cli/demo/person/room-history.ts';
import { type Resident, TestStack } from './test-stack.ts';

const stack = new TestStack({ scale: { 'turn-worker': 2 } });
beforeAll(() => stack.up(), 240_000);
afterAll(() => stack.end(), 60_000);

const sessionOf = (ann: Resident) => stateOf(ann.person.room(ann.home.room), 'dev.surfaces.room')?.content.session_id;
const recall = async (ann: Resident) => (await ann.ask('demo recall')).text;

describe('a saved context', () => {
  test('comes back by its name, after the conversation went on', async () => {
    const ann = await stack.atHome();
    await ann.ask('demo remember one');
    expect((await ann.command('!save First things')).text).toContain('First things');
    await ann.ask('demo remember two');
    const question = await ann.command('!load first things');
    expect(question.surfaces.ask).toBeDefined();
    expect(await recall(ann)).toContain('two');
    await ann.command('!yes');
    expect(await recall(ann)).toContain('one');
    expect(await recall(ann)).not.toContain('two');
    expect(ann.breaches()).toEqual([]);
  });

  test('is picked by a bare number from a list, in another room of the same person, and nobody else’s', async () => {
    const [ann, bob] = await Promise.all([stack.atHome(), stack.atHome('bob')]);
    await ann.ask('demo remember apples');
    await ann.command('!save Apples');
    await ann.command('!reset');
    await ann.ask('demo remember pears');
    await ann.command('!сохранить Pears');
    const list = await ann.command('!load');
    expect(list.text).toMatch(/1\. Pears .*\n2\. Apples /);
    expect((await ann.command('2')).text).toContain('Apples');
    expect(await recall(ann)).toContain('apples');
    expect(await recall(ann)).not.toContain('pears');
    expect((await bob.command('!load Apples')).surfaces.code).toBe('unknown_snapshot');
    expect((await bob.command('!snapshots')).text).not.toContain('Apples');
    expect((await ann.command('!load Cherries')).surfaces.code).toBe('unknown_snapshot');
  });

  test('of a name that exists is replaced only after a yes; forgotten only after a yes', async () => {
    const ann = await stack.atHome();
    await ann.ask('demo remember old');
    await ann.command('!save Box');
    await ann.ask('demo remember new');
    expect((await ann.command('!save box')).surfaces.ask).toBeDefined();
    await ann.command('!no');
    await ann.command('!save Box');
    await ann.command('!yes');
    await ann.command('!reset');
    await ann.command('!load Box');
    expect(await recall(ann)).toContain('new');
    await ann.command('!forget 1');
    expect((await ann.command('!snapshots')).text).toContain('Box');
    await ann.command('!yes');
    expect((await ann.command('!snapshots')).text).not.toContain('Box');
    expect((await ann.command('!forget')).surfaces.code).toBe('missing_argument');
  });

  test('without a name gets the room’s, and is saved once, wherever the worker is killed', async () => {
    for (const ms of [5, 25, 60]) {
      const ann = await stack.atHome();
      await ann.ask('demo remember it');
      const { eventId } = await ann.person.say(ann.home.room, '!save');
      await new Promise((resolve) => setTimeout(resolve, ms));
      await stack.untilBack('command-worker', stack.kill('command-worker'));
      await ann.untilReplied(eventId, undefined, 60_000);
      expect((await ann.command('!snapshots')).text.match(/^\d+\. /gm)).toHaveLength(1);
    }
  }, 120_000);
});

describe('a command that waits for a turn', () => {
  const saved = async (ann: Resident) => (await ann.command('!snapshots')).text;

  test('is not carried out where it was taken back, and in its order where not', async () => {
    const ann = await stack.atHome();
    const running = await ann.say('demo words=60 pace=30');
    await ann.untilShows(running, 'word5');
    const { eventId: kept } = await ann.person.say(ann.home.room, '!save Kept');
    const { eventId: takenBack } = await ann.person.say(ann.home.room, '!save Taken back');
    await ann.person.redact(ann.home.room, takenBack);
    await ann.untilReplied(kept);
    expect(await saved(ann)).toContain('Kept');
    expect(await saved(ann)).not.toContain('Taken back');
    expect(ann.breaches()).toEqual([]);
  });

  test('is dropped by !stop all, and counted', async () => {
    const ann = await stack.atHome();
    const running = await ann.say('demo words=400 pace=30');
    await ann.untilShows(running, 'word5');
    await ann.person.say(ann.home.room, '!save Dropped');
    // What only may put something into the order is nothing that waits.
    await ann.command('!yes');
    expect((await ann.command('!stop all')).text).toContain('1 waiting message was dropped');
    expect((await ann.untilAnswered(running)).state).toBe('stopped');
    expect((await ann.ask('demo words=1 pace=1')).text).toBe('word1');
    expect(await saved(ann)).not.toContain('Dropped');
  });
});

describe('!reset and !clear', () => {
  test('!reset forgets, and keeps the session', async () => {
    const ann = await stack.atHome();
    await ann.ask('demo remember marmalade');
    const before = sessionOf(ann);
    expect((await ann.command('!сброс')).surfaces.code).toBeUndefined();
    expect(await recall(ann)).not.toContain('marmalade');
    expect(sessionOf(ann)).toBe(before);
  });

  test('!clear gives this room another session after a yes, in its place of the order, and no other room', async () => {
    const [ann, bob] = await Promise.all([stack.atHome(), stack.atHome('bob')]);
    await ann.ask('demo remember marmalade');
    const [before, his] = [sessionOf(ann), sessionOf(bob)];
    await ann.command('!clear');
    const running = await ann.say('demo words=60 pace=30');
    await ann.untilShows(running, 'word5');
    const { eventId: yes } = await ann.person.say(ann.home.room, '!yes');
    const after = await ann.say('demo recall');
    await ann.untilReplied(yes);
    expect(await ann.untilSettled('')).toBe('allowed');
    expect((await ann.untilAnswered(running)).state).toBe('done');
    expect((await ann.untilAnswered(after)).text).not.toContain('marmalade');
    await ann.person.until('another session', () => sessionOf(ann) !== before);
    expect(sessionOf(bob)).toBe(his);
    expect(ann.breaches()).toEqual([]);
  });

  test('!clear has its place where its yes was sent, also while nobody takes the yes', async () => {
    const ann = await stack.atHome();
    await ann.ask('demo remember marmalade');
    await ann.command('!clear');
    // Started again, it takes the wake of the message no later than that of the yes.
    const back = stack.untilBack('command-worker', stack.kill('command-worker'));
    const { eventId: yes } = await ann.person.say(ann.home.room, '!yes');
    const after = await ann.say('demo recall');
    expect((await ann.untilAnswered(after)).text).not.toContain('marmalade');
    await ann.untilReplied(yes);
    await back;
    // One that confirms nothing holds up nothing.
    const { eventId: stray } = await ann.person.say(ann.home.room, '!yes');
    expect((await ann.ask('demo words=1 pace=1')).text).toBe('word1');
    expect((await ann.untilReplied(stray)).surfaces.code).toBe('nothing_waiting');
    expect(ann.breaches()).toEqual([]);
  }, 60_000);

  test('!clear is done once, wherever the worker is killed after the yes', async () => {
    for (const ms of [5, 40, 90]) {
      const ann = await stack.atHome();
      await ann.ask('demo remember marmalade');
      const before = sessionOf(ann);
      await ann.command('!clear');
      const { eventId: yes } = await ann.person.say(ann.home.room, '!yes');
      await new Promise((resolve) => setTimeout(resolve, ms));
      await stack.untilBack('command-worker', stack.kill('command-worker'));
      await ann.untilReplied(yes, undefined, 60_000);
      expect(await recall(ann)).not.toContain('marmalade');
      const sessions = ann.person.room(ann.home.room).events.filter(({ event }) => event.type === 'dev.surfaces.room');
      expect(sessions.filter(({ event }) => event.content.session_id !== before)).toHaveLength(1);
      expect(await ann.untilSettled('')).toBe('allowed');
    }
  }, 120_000);
});

describe('what there is to see', () => {
  test('!context and !settings, in the room and in the DM', async () => {
    const ann = await stack.atHome();
    await ann.ask('demo words=100 pace=1');
    expect((await ann.command('!context')).text).toMatch(/[▰▱]{10}.*32,000/);
    const settings = await ann.command('!settings');
    for (const part of ['demo', sessionOf(ann) as string, '1 of 50', 'surfaces 0.', 'surfaces.agent/1'])
      expect(settings.text).toContain(part);
    const inDm = await ann.command('!настройки', ann.home.dm);
    expect(inDm.text).toContain('1 из 50');
    expect((await ann.command('!reset', ann.home.dm)).surfaces.code).toBe('use_room');
  });

  test('what was allowed for good is asked no more, shown, and taken back', async () => {
    const ann = await stack.atHome();
    const first = await ann.say('demo ask offer=always sweep the floor');
    await ann.untilAsked('sweep the floor');
    await ann.command('!yes always');
    expect((await ann.untilAnswered(first)).text).toBe('Done: sweep the floor');
    expect((await ann.ask('demo ask offer=always sweep the floor')).text).toBe('Done: sweep the floor');
    expect((await ann.command('!settings')).text).toContain('sweep the floor');
    expect((await ann.command('!permissions reset')).text).toContain('1');
    const again = await ann.say('demo ask offer=always sweep the floor');
    await ann.person.until(
      'the question to be put again',
      () => ann.question('sweep the floor')?.surfaces.outcome === undefined,
    );
    await ann.command('!no not now');
    expect((await ann.untilAnswered(again)).text).toBe('Not done: sweep the floor (not now)');
    await ann.say('demo ask once only');
    await ann.untilAsked('once only');
    expect((await ann.command('!yes always')).surfaces.code).toBeUndefined();
    expect(ann.question('once only')!.surfaces.outcome).toBeUndefined();
    await ann.command('!yes');
  });
});

describe('an agent that is away', () => {
  test('is said to be, and nothing is changed', async () => {
    const ann = await stack.atHome();
    await ann.ask('demo remember marmalade');
    const { pid } = stack.role('agent-host');
    process.kill(pid, 'SIGSTOP');
    const refused = await ann.command('!save', undefined, 60_000);
    process.kill(pid, 'SIGCONT');
    expect(refused.surfaces.code).toBe('agent_unavailable');
    expect((await ann.command('!snapshots')).text).not.toContain('1.');
  }, 90_000);
});
