import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { migrate } from '../shared/store/migrate.ts';
import { type Migration, readMigrations } from '../shared/store/migrations.ts';
import { openDatabase } from '../shared/store/postgres.ts';
import { TestStack } from './test-stack.ts';
import { hasCommit, treeOfCommit } from './tree-of-commit.ts';
import { untilTrue } from './until-true.ts';

/**
 * The release before: the last commit whose schema is older than the marks. Its roles refuse any other schema when they start,
 * and go on where it grows while they run.
 */
const BEFORE = '9389e16';
const ROOT = fileURLToPath(new URL('..', import.meta.url));
const QUIETLY = ['--disable-warning=ExperimentalWarning'];

/** Its tree in a folder of its own, with the packages of this one, which hold all of its. */
function oldTree(): string {
  const folder = treeOfCommit(BEFORE);
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

/** A stack of another tree, run without its install: that would be one of the packages that both share. */
class StackOfTree extends TestStack {
  readonly #root: string;

  constructor(root: string) {
    super();
    this.#root = root;
  }

  override async surfaces(...command: string[]): Promise<{ readonly code: number | null; readonly output: string }> {
    const child = spawn(process.execPath, [...QUIETLY, join(this.#root, 'services/cli/main.ts'), ...command], {
      env: { PATH: process.env.PATH, HOME: process.env.HOME, TMPDIR: process.env.TMPDIR, SURFACES_HOME: this.home },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const run = collect(child);
    return { code: await run.ended, output: run.output };
  }
}

type Run = { readonly child: ChildProcess; output: string; readonly ended: Promise<number | null> };

function collect(child: ChildProcess): Run {
  const run: Run = { child, output: '', ended: once(child, 'exit').then(([code]) => code as number | null) };
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (data) => {
      run.output += data;
    });
  return run;
}

const made = (name: string, sql: string): Migration => ({ name, sql, checksum: randomBytes(32).toString('hex') });
const EXPANDING = made('29990101000000_more', '-- surfaces: expands\nALTER TABLE room ADD COLUMN more TEXT');
const ENDING = made('29990102000000_end', '-- surfaces: contracts\nALTER TABLE room DROP COLUMN more');

describe.skipIf(!hasCommit(BEFORE))(`old and new side by side (skipped where the clone lacks ${BEFORE})`, () => {
  let tree: string;
  let stack: TestStack;
  const runs: Run[] = [];
  const ends: (() => Promise<void>)[] = [];

  /** A role of either tree beside those of the stack, as another machine would start it. */
  function start(root: string, role: string): Run {
    const { secrets } = JSON.parse(readFileSync(join(stack.home, 'kept.json'), 'utf8')) as {
      secrets: Record<string, string>;
    };
    const { database_url, redis_url, homeserver, agent, agents_dir } = stack.stack;
    const child = spawn(process.execPath, [...QUIETLY, join(root, `services/${role}/main.ts`)], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env.PATH,
        DATABASE_URL: database_url,
        REDIS_URL: redis_url,
        MATRIX_HOMESERVER_URL: homeserver.url,
        MATRIX_ACCESS_TOKEN: secrets.token_surfaces,
        AGENT_URL: agent.url,
        AGENT_TOKEN: agent.token,
        AGENTS_DIR: agents_dir,
        SURFACES_HTTP_PORT: '0',
        SURFACES_INSTANCE: `${role}-9`,
      },
    });
    const run = collect(child);
    runs.push(run);
    return run;
  }

  beforeAll(async () => {
    tree = oldTree();
    stack = new StackOfTree(tree);
    await stack.up();
  }, 240_000);
  afterAll(async () => {
    for (const { child } of runs) child.kill('SIGKILL');
    for (const end of ends) await end();
    await stack.end();
    rmSync(tree, { recursive: true, force: true });
  }, 60_000);

  test('a schema that grows under the release before, and both at work in the same rooms', async () => {
    const ann = await stack.atHome();
    const database = openDatabase(stack.stack.database_url, { namespace: 'surfaces', max: 1 });
    ends.push(() => database.close());
    expect((await ann.ask('demo words=1 pace=1')).text).toBe('word1');

    const { applied } = await migrate(stack.stack.database_url, 'surfaces', () => {}, [...readMigrations(), EXPANDING]);
    expect(applied).toContain(EXPANDING.name);
    // Code of this release, which does not know the last migration: it is the older one, and starts all the same.
    const turns = start(ROOT, 'turn-worker');
    const commands = start(ROOT, 'command-worker');

    const turnsOf = (log: string) => log.split('turn ended').length - 1;
    const before = turnsOf(stack.log('turn-worker'));
    await untilTrue(
      'both versions to have answered',
      async () => {
        expect((await ann.ask('demo words=1 pace=1')).text).toBe('word1');
        return turnsOf(turns.output) > 0 && turnsOf(stack.log('turn-worker')) > before;
      },
      30_000,
    );
    for (let n = 0; n < 4; n++) expect((await ann.command('!help')).text).toContain('!new');

    // Handed over while it streams, the old one goes on in the same message.
    let question = '';
    await untilTrue('the new version to have a turn', async () => {
      if (question !== '') await ann.untilAnswered(question);
      question = await ann.say('demo words=60 pace=30');
      await ann.untilShows(question, 'word5 ');
      const holds = { name: 'test_holds', text: "SELECT FROM lane WHERE holder LIKE 'turn-worker-9/%'" };
      return (await database.run(holds)).length > 0;
    });
    turns.child.kill('SIGTERM');
    commands.child.kill('SIGTERM');
    const answer = await ann.untilAnswered(question);
    expect(answer.parts).toHaveLength(1);
    expect(answer.text).toContain('word60');
    expect([await turns.ended, await commands.ended]).toEqual([0, 0]);
    expect(ann.breaches()).toEqual([]);
  }, 90_000);

  test('what contracts is refused by code that does not know it, when it starts', async () => {
    await migrate(stack.stack.database_url, 'surfaces', () => {}, [...readMigrations(), EXPANDING, ENDING]);
    const refused = [start(ROOT, 'turn-worker'), start(tree, 'turn-worker')];
    expect(await Promise.all(refused.map(({ ended }) => ended))).toEqual([78, 78]);
    expect(refused[0]!.output).toMatch(/newer than this code.*at 29990102000000_end.*29990102000000_end ends/);
    expect(refused[1]!.output).toMatch(/newer than this code/);
    expect((await fetch(`${stack.role('turn-worker').url}/ready`)).ok).toBe(true);
  }, 60_000);
});
