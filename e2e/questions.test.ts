import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { repliesTo, surfacesOf } from '../services/cli/demo/person/answers.ts';
import { messagesOf, newest } from '../services/cli/demo/person/room-history.ts';
import { TestStack } from './test-stack.ts';

const stack = new TestStack({ scale: { 'turn-worker': 2 }, env: { SURFACES_PERMISSION_TTL: '20s' } });
beforeAll(() => stack.up(), 240_000);
afterAll(() => stack.end(), 60_000);

describe('a permission', () => {
  test('is asked in the room, answered by !yes, and the answer goes on', async () => {
    const ann = await stack.atHome();
    const event = await ann.say('demo ask delete the old logs');
    const question = await ann.untilAsked('delete the old logs');
    expect(question.surfaces).toMatchObject({ kind: 'permission', in_response_to: event, ask: expect.any(String) });
    expect(question.surfaces.outcome).toBeUndefined();
    expect(question.text).toContain('!yes');
    expect(question.text).toContain(ann.person.userId);
    const yes = await ann.command('!yes');
    expect(yes.surfaces).toMatchObject({ kind: 'command' });
    expect(yes.surfaces.code).toBeUndefined();
    expect(await ann.untilSettled('delete the old logs')).toBe('allowed');
    expect((await ann.untilAnswered(event)).text).toBe('Done: delete the old logs');
    expect((await ann.command('!yes')).surfaces.code).toBe('nothing_waiting');
    expect(ann.breaches()).toEqual([]);
  });

  test('that is answered no is not done', async () => {
    const ann = await stack.atHome();
    const event = await ann.say('demo ask format the disk');
    await ann.untilAsked('format the disk');
    await ann.command('! Нет');
    expect(await ann.untilSettled('format the disk')).toBe('rejected');
    expect((await ann.untilAnswered(event)).text).toBe('Not done: format the disk');
  });

  test('holds up nothing but its own room, and what was written meanwhile is answered in order', async () => {
    const [ann, bob] = await Promise.all([stack.atHome(), stack.atHome('bob')]);
    const asked = await ann.say('demo ask wait for me');
    await ann.untilAsked('wait for me');
    const behind = await ann.say('demo words=2 pace=1');
    expect((await bob.ask('demo words=3 pace=1')).text).toBe('word1 word2 word3');
    // Long enough for the turn to be parked, woken by the message behind it, and parked again.
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    expect(ann.answer(behind).parts).toEqual([]);
    const first = () =>
      messagesOf(ann.person.room(ann.home.room)).filter((each) => newest(each).content.body?.includes('First I need'));
    await ann.person.until('to be told what comes first', () => first().length === 1);
    const more = await ann.say('demo words=1 pace=1');
    await ann.command('!да');
    const answer = await ann.untilAnswered(asked);
    const next = await ann.untilAnswered(behind);
    await ann.untilAnswered(more);
    expect([answer.text, next.text]).toEqual(['Done: wait for me', 'word1 word2']);
    expect(answer.finalAt!).toBeLessThan(next.firstAt!);
    expect(ann.question('wait for me')!.message.versions).toHaveLength(2);
    expect(first()).toHaveLength(1);
    expect(ann.breaches()).toEqual([]);
  });

  test('survives that everything but the agent is killed', async () => {
    const ann = await stack.atHome();
    const event = await ann.say('demo ask live through it');
    await ann.untilAsked('live through it');
    const roles = [
      ['turn-worker', 1],
      ['turn-worker', 2],
      ['command-worker', 1],
      ['ingress', 1],
      ['reconcile-worker', 1],
    ] as const;
    const killed = roles.map(([role, index]) => ({ role, index, pid: stack.kill(role, index) }));
    const sent = await ann.say('!yes');
    await Promise.all(killed.map(({ role, index, pid }) => stack.untilBack(role, pid, index)));
    await ann.untilReplied(sent, undefined, 60_000);
    expect((await ann.untilAnswered(event)).text).toBe('Done: live through it');
    expect(await ann.untilSettled('live through it')).toBe('allowed');
    expect(ann.breaches()).toEqual([]);
  }, 90_000);

  test('of an agent host that died ends with the turn', async () => {
    const ann = await stack.atHome();
    const event = await ann.say('demo ask outlive the host');
    await ann.untilAsked('outlive the host');
    await stack.untilBack('agent-host', stack.kill('agent-host'));
    await ann.command('!yes');
    const answer = await ann.untilAnswered(event);
    expect(answer).toMatchObject({ state: 'failed', code: 'interrupted' });
    expect((await ann.ask('demo words=1 pace=1')).text).toBe('word1');
    expect(ann.breaches()).toEqual([]);
  }, 90_000);

  test('ends with !stop, and is then not open any more', async () => {
    const ann = await stack.atHome();
    const event = await ann.say('demo ask go too far');
    await ann.untilAsked('go too far');
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect((await ann.command('!stop')).surfaces.code).toBeUndefined();
    expect((await ann.untilAnswered(event)).state).toBe('stopped');
    expect(await ann.untilSettled('go too far')).toBe('expired');
    expect((await ann.command('!yes')).surfaces.code).toBe('nothing_waiting');
  });

  test('is stopped when its message is taken back', async () => {
    const ann = await stack.atHome();
    const event = await ann.say('demo ask regret this');
    await ann.untilAsked('regret this');
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    await ann.person.redact(ann.home.room, event);
    expect((await ann.untilAnswered(event)).state).toBe('stopped');
    expect(await ann.untilSettled('regret this')).toBe('expired');
  });

  test('that nobody answers expires: the message says so, and the agent goes on without', async () => {
    const ann = await stack.atHome();
    const event = await ann.say('demo ask be patient');
    await ann.untilAsked('be patient');
    expect(await ann.untilSettled('be patient', undefined, 40_000)).toBe('expired');
    expect((await ann.untilAnswered(event)).text).toBe('Not done: be patient');
    expect(ann.breaches()).toEqual([]);
  }, 60_000);

  test('is the business of the one who was asked', async () => {
    const ann = await stack.atHome();
    const bob = await stack.person('bob');
    await ann.person.invite(ann.home.room, bob.userId);
    await bob.join(ann.home.room);
    const event = await ann.say('demo ask let Bob decide');
    await ann.untilAsked('let Bob decide');
    const first = (await bob.say(ann.home.room, '!yes')).eventId;
    expect((await ann.untilReplied(first)).surfaces).toMatchObject({ kind: 'command', code: 'not_yours' });
    const second = (await bob.say(ann.home.room, '!yes')).eventId;
    await ann.command('!yes');
    expect((await ann.untilAnswered(event)).text).toBe('Done: let Bob decide');
    expect(repliesTo(ann.person.room(ann.home.room), stack.bot, second).map(surfacesOf)).toEqual([]);
  });

  test('in one room is not answered in another', async () => {
    const [ann, bob] = await Promise.all([stack.atHome(), stack.atHome('bob')]);
    const [mine, his] = [await ann.say('demo ask mine'), await bob.say('demo ask his')];
    await Promise.all([ann.untilAsked('mine'), bob.untilAsked('his')]);
    await ann.command('!yes');
    expect((await ann.untilAnswered(mine)).text).toBe('Done: mine');
    expect(bob.question('his')!.surfaces.outcome).toBeUndefined();
    await bob.command('!no');
    expect((await bob.untilAnswered(his)).text).toBe('Not done: his');
  });
});

describe('!retry', () => {
  test('asks the last message again', async () => {
    const ann = await stack.atHome();
    expect((await ann.command('!help')).text).toContain('`!retry`');
    expect((await ann.command('!retry')).surfaces.code).toBe('nothing_waiting');
    expect((await ann.ask('demo error')).state).toBe('failed');
    const again = await ann.untilAnswered(await ann.say('!retry'));
    expect(again).toMatchObject({ state: 'failed', code: 'agent_error' });
    await ann.ask('demo words=2 pace=1');
    expect((await ann.untilAnswered(await ann.say('!повторить'))).text).toBe('word1 word2');
    expect(ann.breaches()).toEqual([]);
  });
});
