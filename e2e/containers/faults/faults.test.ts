import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { ContainerStack } from '../container-stack.ts';
import { COMPOSE_V2, ENGINE_IS_A_MUST, whyNot } from '../engine.ts';
import { BUILD_MS, buildImage } from '../image.ts';
import { CASES, type Case, CLOCKS, WITH_CLOCK, wordsOf } from './cases.ts';
import { FAKETIME } from './clocks.ts';
import { Crowd } from './crowd.ts';
import { fullVolume } from './full-volume.ts';
import { type Row, report, table } from './report.ts';
import { restartAll, whileAllStream } from './restarts.ts';
import { tryOut } from './try-out.ts';

const UP_MS = 300_000;
const CASE_MS = 240_000;
const SCALE = ['--scale', 'turn-worker=3', '--scale', 'command-worker=2'];
const HERE = 'e2e/containers/faults';
const named = (cases: readonly Case[]) => cases.map((each) => [Object.values(wordsOf(each)).join(': '), each] as const);

const why = whyNot(COMPOSE_V2) ?? (process.getuid?.() === 0 ? undefined : 'faults of containers take root');
const whyNoClock = why ?? (FAKETIME ? undefined : 'there is no libfaketime; infra/docker/engine.sh start installs it');

test('where there has to be an engine, faults can be made', ({ skip }) => {
  skip(!ENGINE_IS_A_MUST, 'only in CI there has to be one');
  expect([why, whyNoClock]).toEqual([undefined, undefined]);
});

describe('faults in the stack', () => {
  beforeEach(({ skip }) => skip(why !== undefined, why));
  const stack = new ContainerStack(COMPOSE_V2, [`${HERE}/small-volume.yml`]);
  const rows: Row[] = [];
  const note = (row: Row) => {
    rows.push(row);
    console.log(table([row]).split('\n').at(-1));
  };
  let crowd: Crowd;

  beforeAll(async () => {
    if (why) return;
    await buildImage();
    await stack.up(...SCALE);
    crowd = await Crowd.of(stack);
  }, BUILD_MS + UP_MS);
  afterAll(async () => {
    if (why) return;
    report(rows, process.env.SURFACES_TEST_FAULTS_PAGE);
    await stack.end();
  }, UP_MS);

  test.for(named(CASES))('%s', { timeout: CASE_MS }, async ([, each]) => note(await tryOut(stack, crowd, each)));

  test('a volume that is full: files are refused, all else goes on, and then they work again', async () => {
    note(await fullVolume(stack, crowd));
  });

  test(
    'every container of every role restarted, one after the other',
    async () => {
      note(await whileAllStream(crowd, '`docker restart`, one after the other', () => restartAll(stack)));
    },
    2 * CASE_MS,
  );

  describe('with a wrong clock', () => {
    beforeEach(({ skip }) => skip(whyNoClock !== undefined, whyNoClock));

    test('a changed setting exchanges all containers of these roles', async () => {
      vi.stubEnv('FAKETIME_LIBRARY', FAKETIME);
      const up = ['-f', `${HERE}/clocks.yml`, 'up', '--detach', '--no-build', '--no-deps'];
      const exchange = async () => {
        await stack.compose(...up, ...SCALE, ...WITH_CLOCK);
        await stack.untilReady();
      };
      note(await whileAllStream(crowd, '`up -d` with a changed setting', exchange));
    });

    test.for(named(CLOCKS))('%s', { timeout: CASE_MS }, async ([, each]) => note(await tryOut(stack, crowd, each)));
  });
});
