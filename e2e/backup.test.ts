import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dropFile } from '../services/cli/demo/person/files.ts';
import { dropSchema } from '../shared/store/fresh-database.ts';
import { connectOnce } from '../shared/store/postgres.ts';
import { outsideHomeserver } from './outside-homeserver.ts';
import { type OwnDatabase, ownDatabase } from './own-database.ts';
import { type Resident, TestStack } from './test-stack.ts';

const namespace = `backup_${randomBytes(4).toString('hex')}`;
const folder = mkdtempSync(join(tmpdir(), 'surfaces-backups-'));
let outside: Awaited<ReturnType<typeof outsideHomeserver>>;
let database: OwnDatabase;
let stack: TestStack;

beforeAll(async () => {
  outside = await outsideHomeserver();
  database = await ownDatabase();
  const { homeserver, bot } = outside;
  stack = await new TestStack({
    env: {
      MATRIX_HOMESERVER_URL: homeserver.url,
      MATRIX_ACCESS_TOKEN: bot.access_token,
      DATABASE_URL: database.url,
      SURFACES_NAMESPACE: namespace,
    },
  }).up();
}, 240_000);
afterAll(async () => {
  await stack?.end();
  await database?.drop();
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

/** All that this stack keeps for itself, and what it was given. */
function secrets(): string[] {
  const { secrets: kept } = JSON.parse(readFileSync(join(stack.home, 'kept.json'), 'utf8')) as {
    secrets: Record<string, string>;
  };
  const { agent, ops } = stack.stack;
  const password = new URL(database.url).password;
  return [...Object.values(kept), agent.token, ops!.password, outside.bot.access_token, password].filter(Boolean);
}

const backups = () => readdirSync(folder).map((name) => join(folder, name));

/** Memory, files both ways, a snapshot. */
async function live(ann: Resident): Promise<void> {
  await ann.ask('demo remember the blue door');
  const content = Buffer.from('what ann wrote\n');
  const { eventId } = await dropFile(ann.person, ann.home.room, { name: 'note.txt', content, type: 'text/plain' });
  expect((await ann.untilAnswered(eventId)).text).toContain(createHash('sha256').update(content).digest('hex'));
  await ann.ask('demo file plan.txt size=2k');
  await ann.command('!save Blue');
}

test('backed up in mid-stream, lost, restored: everything is there, and what is new is answered', async () => {
  const [ann, bob] = await Promise.all([
    stack.atHome('ann', outside.homeserver),
    stack.atHome('bob', outside.homeserver),
  ]);
  await live(ann);
  expect((await bob.command('!clear')).surfaces.ask).toBeDefined();
  const streaming = await ann.say('demo words=150 pace=20');
  await ann.untilShows(streaming, 'word20');
  const waiting = await ann.say('demo words=3 pace=1 [[waiting]]');
  const written = await stack.surfaces('backup', folder, '--json');
  expect(written.code, written.output).toBe(0);
  const [file] = backups();
  expect(JSON.parse(written.output)).toMatchObject({ state: 'written', file, opening: { bots: [stack.bot] } });
  expect(statSync(file!).mode & 0o777).toBe(0o600);
  const plain = zstdDecompressSync(readFileSync(file!));
  expect(plain.includes('the blue door')).toBe(true);
  for (const secret of secrets()) expect(plain.includes(secret)).toBe(false);
  const answer = await ann.untilAnswered(streaming);
  const second = await ann.untilAnswered(waiting);
  expect(answer.text).toContain('word150');

  const since = await ann.ask('demo remember the green door');
  const running = await stack.surfaces('restore', file!, '--replace', '--yes');
  expect(running.code, running.output).toBe(2);
  expect(running.output).toContain('npm run down');
  await stack.down('--purge');
  await dropSchema(database.url, namespace);
  const later = await ann.say('demo recall');

  const verified = await stack.surfaces('backup', '--verify', file!);
  expect(verified.code, verified.output).toBe(0);
  expect(verified.output).toContain('Whole');
  // A role that works on the same database from another machine.
  const elsewhere = await connectOnce(database.url, namespace, 'turn-worker-7');
  const busy = await stack.surfaces('restore', file!);
  expect(busy.code, busy.output).toBe(2);
  expect(busy.output).toContain('turn-worker-7');
  await elsewhere.end();
  const restored = await stack.surfaces('restore', file!);
  expect(restored.code, restored.output).toBe(0);
  const again = await stack.surfaces('restore', file!);
  expect(again.code, again.output).toBe(2);
  expect(again.output).toContain('--replace');
  await stack.up();

  // As of the backup: what was said since is in the room, and not in the agent’s memory.
  const recalled = (await ann.untilAnswered(later)).text;
  expect(recalled).toContain('the blue door');
  expect(recalled).not.toContain('the green door');
  expect(ann.answer(streaming)).toMatchObject({ state: 'done', text: answer.text });
  expect(ann.answer(waiting)).toMatchObject({ state: 'done', text: second.text });
  expect(ann.answer(since.question).parts).toHaveLength(1);
  const files = (await ann.command('!files')).text;
  for (const name of ['note.txt', 'plan.txt']) expect(files).toContain(name);
  expect((await ann.command('!load')).text).toContain('Blue');
  const { eventId: yes } = await bob.person.say(bob.home.room, '!yes');
  await bob.untilReplied(yes);
  expect((await bob.ask('demo words=1 pace=1')).text).toBe('word1');
  for (const each of [ann, bob]) expect(each.breaches()).toEqual([]);
}, 240_000);
