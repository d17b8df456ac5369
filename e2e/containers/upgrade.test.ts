import { rmSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { migrationProblems } from '../../infra/scripts/migration-rules.ts';
import { PROJECT_ROOT } from '../../shared/stack/project-root.ts';
import { hasCommit, hasWholeHistory } from '../tree-of-commit.ts';
import { untilTrue } from '../until-true.ts';
import { ContainerStack, type Release } from './container-stack.ts';
import { COMPOSE_V2, ENGINE_IS_A_MUST, whyNot } from './engine.ts';
import { BUILD_MS, buildImage } from './image.ts';
import { exchange, imagesOf, replace, type Scale } from './upgrade/exchange-roles.ts';
import { releaseOfCommit, withMigrations } from './upgrade/make-release.ts';
import { CONTRACTING, EXPANDING } from './upgrade/rehearsed-migrations.ts';
import { type Talk, TalkingPeople, untilAllHaveTurns } from './upgrade/talking-people.ts';

/** The release before: moved on, to the commit that was released, with each release. */
const BEFORE = '86fa8c0';
const UP_MS = 300_000;
const REHEARSAL_MS = 420_000;

const WORKERS: Scale = { 'turn-worker': 2, 'command-worker': 2, 'attachment-worker': 1, 'reconcile-worker': 1 };
const INGRESS: Scale = { ingress: 2 };
const ROLES: Scale = { ...WORKERS, ops: 1, ...INGRESS };
/** A turn that waits for a person does not outlive the host, which is therefore exchanged by itself, when nothing is open. */
const AGENTS: Scale = { 'agent-host': 1 };

const noCommit = hasCommit(BEFORE) ? undefined : `this clone has no commit ${BEFORE}`;
const why = whyNot(COMPOSE_V2) ?? noCommit;

test('where the whole history is, the release before is in it', ({ skip }) => {
  skip(!ENGINE_IS_A_MUST, 'only in CI it has to be');
  skip(!hasWholeHistory(), 'this is no clone, or one that was cut off');
  expect(noCommit).toBeUndefined();
});

test('the migrations of the rehearsal are as those of a release have to be', () => {
  const migrations = Object.entries({ ...EXPANDING, ...CONTRACTING }).map(([name, sql]) => ({ name, sql }));
  expect(migrationProblems(migrations)).toEqual([]);
});

describe('an upgrade from image to image while people talk', () => {
  beforeEach(({ skip }) => skip(why !== undefined, why));
  const stack = new ContainerStack(COMPOSE_V2);
  let before: Release;
  let after: Release;
  let people: TalkingPeople;

  beforeAll(async () => {
    if (why) return;
    await buildImage();
    before = await releaseOfCommit(BEFORE, 'surfaces:test-before');
    const thisOne = { image: process.env.SURFACES_IMAGE || 'surfaces:latest', tree: PROJECT_ROOT };
    after = await withMigrations(thisOne, 'surfaces:test-after', EXPANDING);
  }, BUILD_MS);
  beforeAll(async () => {
    if (why) return;
    stack.release = before;
    await stack.up(...Object.entries(ROLES).flatMap(([role, count]) => ['--scale', `${role}=${count}`]));
    people = await TalkingPeople.of(stack);
  }, UP_MS);
  afterAll(async () => {
    if (why) return;
    stack.release = undefined;
    await stack.end();
    if (before) rmSync(before.tree, { recursive: true });
  }, UP_MS);

  const run = (...args: string[]) => stack.compose('run', '--rm', '-T', '--no-deps', ...args);
  const recall = async () => (await people.keeper.ask('demo recall')).text;

  async function expectEverywhere({ image }: Release): Promise<void> {
    const all = { ...ROLES, ...AGENTS };
    const wanted = Object.entries(all).map(([role, count]) => [role, Array<string>(count).fill(image)]);
    expect(await imagesOf(stack, all)).toEqual(Object.fromEntries(wanted));
  }

  function expectNothingLost({ answers, wanted, files, breaches }: Talk): void {
    for (const answer of answers) {
      expect(answer).toMatchObject({ text: wanted, state: 'done' });
      expect(answer.parts).toHaveLength(1);
    }
    expect(files.asked.length).toBeGreaterThan(0);
    expect(files.shown).toEqual(files.asked);
    expect(breaches).toEqual([]);
  }

  async function isAllowed(question: string, what: string): Promise<void> {
    await people.asker.command('!yes');
    expect((await people.asker.untilAnswered(question)).text).toContain(`Done: ${what}`);
    expect(await people.asker.untilSettled(what)).toBe('allowed');
  }

  test(
    'to the new one, beside the old one and under a schema that grows',
    async () => {
      const { asker, keeper } = people;
      await keeper.ask('demo remember one');
      await keeper.command('!save Before');
      await keeper.ask('demo remember two');
      const question = await asker.say('demo ask sweep the deck');
      await asker.untilAsked('sweep the deck');
      stack.release = after;
      const talk = await people.during('upgraded', async (times) => {
        const dryRun = times.step('migrate --dry-run', () => run('cli', 'migrate', '--dry-run'));
        await expect(dryRun).rejects.toThrow('29990101000000_rehearsed  expands');
        const applied = await times.step('migrate', () => run('migrate'));
        expect(applied).toContain('applied 29990101000001_rehearsed_index');
        await times.step('workers', () => exchange(stack, WORKERS, () => untilAllHaveTurns(stack)));
        await times.step('ops', () => replace(stack, { ops: 1 }));
        await times.step('ingress', () => exchange(stack, INGRESS));
        await isAllowed(question, 'sweep the deck');
        await times.step('agent-host', () => replace(stack, AGENTS));
      });
      expectNothingLost(talk);
      await expectEverywhere(after);
      await keeper.command('!load before');
      await keeper.command('!yes');
      expect(await recall()).toContain('one');
      expect(await recall()).not.toContain('two');
    },
    REHEARSAL_MS,
  );

  test(
    'and back to the old one, on the schema that grew',
    async () => {
      const { asker } = people;
      const question = await asker.say('demo ask mend the sails');
      await asker.untilAsked('mend the sails');
      stack.release = before;
      const talk = await people.during('went back', async (times) => {
        expect(await times.step('migrate', () => run('migrate'))).toContain('up to date');
        await times.step('all at once', () => replace(stack, ROLES));
        await isAllowed(question, 'mend the sails');
        await times.step('agent-host', () => replace(stack, AGENTS));
      });
      expectNothingLost(talk);
      await expectEverywhere(before);
      expect(await recall()).toContain('one');
    },
    REHEARSAL_MS,
  );

  test(
    'what contracts keeps the old one out, which says so again and again, and lets the new one in',
    async () => {
      const ended = await withMigrations(after, 'surfaces:test-ended', CONTRACTING);
      const { keeper } = people;
      stack.release = ended;
      expect(await run('migrate')).toContain('applied 29990102000000_rehearsed_end');
      // A role that runs is disturbed by no migration, also not by this one.
      expect((await keeper.ask('demo words=2 pace=1')).text).toBe('word1 word2');

      stack.release = before;
      await expect(run('migrate')).rejects.toThrow('29990102000000_rehearsed_end ends what older code relies on');
      await stack.compose('restart', 'turn-worker');
      const question = await keeper.say('demo words=3 pace=1');
      const refused = async () => (await stack.compose('ps', '--all', 'turn-worker')).includes('Restarting (78)');
      await untilTrue('the engine to restart what ended with 78', refused);
      expect(await stack.compose('logs', 'turn-worker')).toContain('29990102000000_rehearsed_end ends');

      stack.release = ended;
      await replace(stack, ROLES);
      expect((await keeper.untilAnswered(question)).text).toBe('word1 word2 word3');
      expect(keeper.breaches()).toEqual([]);
    },
    REHEARSAL_MS,
  );
});
