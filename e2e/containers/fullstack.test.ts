import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { surfacesOf } from '../../services/cli/demo/person/answers.ts';
import { dropFile, fetchFile } from '../../services/cli/demo/person/files.ts';
import { messagesOf, newest } from '../../services/cli/demo/person/room-history.ts';
import { ContainerStack } from './container-stack.ts';
import { COMPOSE_V1, COMPOSE_V2, call, ENGINE_IS_A_MUST, serviceOf, whyNot } from './engine.ts';
import { BUILD_MS, buildImage } from './image.ts';

const UP_MS = 300_000;
const LARGEST_IMAGE = 350_000_000;
const STEPS = ['prepare', 'people', 'migrate'];

const why = whyNot(COMPOSE_V2);
const whyNotOld = why ?? whyNot(COMPOSE_V1);
const skipsFor = (reason: string | undefined) => beforeEach(({ skip }) => skip(reason !== undefined, reason));

test('where there has to be an engine, there is one', ({ skip }) => {
  skip(!ENGINE_IS_A_MUST, 'only in CI there has to be one');
  expect([why, whyNotOld]).toEqual([undefined, undefined]);
});

beforeAll(() => why ?? buildImage(), BUILD_MS);

describe('the full stack in containers', () => {
  skipsFor(why);
  const stack = new ContainerStack(COMPOSE_V2);
  beforeAll(() => why ?? stack.up('--scale', 'turn-worker=3').then(() => {}), UP_MS);
  afterAll(() => why ?? stack.end(), UP_MS);

  test('every role is there, as often as it should be, and ready', () => {
    const count = (role: string) => stack.stack.roles.filter((each) => each.role === role).length;
    const counts = Object.fromEntries(stack.stack.roles.map(({ role }) => [role, count(role)]));
    const once = { 'agent-host': 1, 'command-worker': 1, 'attachment-worker': 1, 'reconcile-worker': 1, ops: 1 };
    expect(counts).toEqual({ ...once, ingress: 2, 'turn-worker': 3 });
  });

  test('nothing that stays runs as root, has a capability, or could write to its own image', async () => {
    for (const container of await stack.containers()) {
      const { Name, State, HostConfig } = container;
      expect(HostConfig.ReadonlyRootfs, Name).toBe(true);
      expect(HostConfig.Memory, Name).toBeGreaterThan(0);
      if (STEPS.includes(serviceOf(container))) continue;
      const status = readFileSync(`/proc/${State.Pid}/status`, 'utf8');
      expect(Number(/^Uid:\t(\d+)/m.exec(status)?.[1]), Name).toBeGreaterThan(0);
      expect(/^CapEff:\t(.+)$/m.exec(status)?.[1], Name).toBe('0000000000000000');
      expect(/^NoNewPrivs:\t(.+)$/m.exec(status)?.[1], Name).toBe('1');
    }
  });

  test('no secret stands where whoever may ask the engine could read it', async () => {
    const { agent, ops, redis_url, database_url } = stack.stack;
    const passwords = [redis_url, database_url].map((url) => new URL(url).password);
    const known = JSON.stringify(await stack.containers());
    for (const secret of [agent.token, ops!.password, ...passwords]) expect(known).not.toContain(secret);
  });

  test('an answer streams', async () => {
    const ann = await stack.atHome();
    const answer = await ann.ask('demo words=100 pace=20 first=200');
    expect(answer.state).toBe('done');
    expect(answer.text).toMatch(/^word1 .*word100$/);
    expect(answer.edits).toBeGreaterThanOrEqual(2);
    expect(ann.breaches()).toEqual([]);
  });

  test('files go both ways, between users who share the volume by its group', async () => {
    const ann = await stack.atHome();
    const file = { name: 'list.txt', content: Buffer.from('first line'), type: 'text/plain' };
    const { eventId } = await dropFile(ann.person, ann.home.room, file);
    expect((await ann.untilAnswered(eventId)).text).toContain('first line');
    const question = await ann.say('demo file report.txt size=1k');
    expect((await ann.untilAnswered(question)).state).toBe('done');
    const shown = () => messagesOf(ann.person.room(ann.home.room)).find((each) => surfacesOf(each).kind === 'file');
    const { content } = newest(await ann.person.until('the file', shown));
    expect(content).toMatchObject({ filename: 'report.txt' });
    expect(await fetchFile(ann.person, content.url as string)).toHaveLength(1024);
  });

  test('a question waits for its yes', async () => {
    const ann = await stack.atHome();
    const question = await ann.say('demo ask sweep the deck');
    await ann.untilAsked('sweep the deck');
    await ann.command('!yes');
    expect((await ann.untilAnswered(question)).text).toContain('Done: sweep the deck');
    expect(await ann.untilSettled('sweep the deck')).toBe('allowed');
  });

  test('the operator gets in with the password that was made, and nobody without', async () => {
    const { url, user, password } = stack.stack.ops!;
    const logIn = (word: string) =>
      fetch(`${url}/login`, {
        method: 'POST',
        body: new URLSearchParams({ user, password: word }),
        redirect: 'manual',
      });
    expect((await fetch(url)).status).toBe(401);
    expect((await logIn('wrong')).headers.get('set-cookie')).toBeNull();
    const cookie = (await logIn(password)).headers.get('set-cookie')?.split(';')[0] ?? '';
    expect((await fetch(url, { headers: { cookie } })).status).toBe(200);
  });

  test('Prometheus finds every container of every role', async () => {
    type Targets = { data: { activeTargets: { health: string }[] } };
    const healthy = async () => {
      const answer = await fetch(`${stack.prometheus}/api/v1/targets`);
      return ((await answer.json()) as Targets).data.activeTargets.map(({ health }) => health);
    };
    await expect.poll(healthy, { timeout: 60_000, interval: 500 }).toEqual(stack.stack.roles.map(() => 'up'));
  });

  test('doctor, in a container of its own, finds nothing wrong', async () => {
    await stack.compose('run', '--rm', '-T', 'cli', 'doctor');
  });

  test('all roles end by themselves when they are stopped, and none was started twice', async () => {
    await stack.compose('stop', ...new Set(stack.stack.roles.map(({ role }) => role)));
    for (const { Name, State, RestartCount } of await stack.containers()) {
      if (State.Status === 'running') continue;
      expect([Name, State.ExitCode, State.OOMKilled, RestartCount]).toEqual([Name, 0, false, 0]);
    }
  });
});

describe('the image', () => {
  skipsFor(why);
  test('is small, belongs to nobody in particular, and says what it is', async () => {
    type Image = { Size: number; Config: { User: string; Labels: Record<string, string>; StopSignal: string } };
    const [image] = JSON.parse(await call('docker', ['image', 'inspect', 'surfaces:latest'])) as Image[];
    expect(image!.Size).toBeLessThan(LARGEST_IMAGE);
    expect(image!.Config).toMatchObject({ User: '1000:1000', StopSignal: 'SIGTERM' });
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    expect(image!.Config.Labels).toMatchObject({ 'org.opencontainers.image.version': version });
  });

  test('says what it can be asked to be, and what a role misses', async () => {
    await expect(call('docker', ['run', '--rm', 'surfaces', 'no-role'])).rejects.toThrow('turn-worker');
    await expect(call('docker', ['run', '--rm', 'surfaces', 'turn-worker'])).rejects.toThrow('AGENT_TOKEN is not set');
    expect(await call('docker', ['run', '--rm', 'surfaces', 'cli', '--help'])).toContain('doctor');
  });

  test('has every package that production may load, also those that are loaded rarely', async () => {
    const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as { dependencies: object };
    // Of Prisma's client the code uses what was generated, by its one door.
    const names = Object.keys(dependencies).filter((name) => name !== '@prisma/client');
    const load = `for (const name of ${JSON.stringify([...names, '/app/shared/store/prisma.ts'])}) await import(name);`;
    await call('docker', ['run', '--rm', '--entrypoint', 'node', 'surfaces', '--input-type=module', '-e', load]);
  });
});

describe('with Compose 1.29', () => {
  skipsFor(whyNotOld);
  const stack = new ContainerStack(COMPOSE_V1);
  beforeAll(() => whyNotOld ?? stack.up().then(() => {}), UP_MS);
  afterAll(() => whyNotOld ?? stack.end(), UP_MS);

  test('the same stack answers', async () => {
    const ann = await stack.atHome();
    expect((await ann.ask('demo words=2 pace=1')).text).toBe('word1 word2');
  });
});
