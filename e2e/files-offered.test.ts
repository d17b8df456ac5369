import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AgentTurn } from '../services/agent-host/adapter.ts';
import { AgentHost } from '../services/agent-host/agent-host.ts';
import { demoAdapter } from '../services/agent-host/demo/demo-adapter.ts';
import { repliesTo, surfacesOf } from '../services/cli/demo/person/answers.ts';
import { fetchFile } from '../services/cli/demo/person/files.ts';
import { newest } from '../services/cli/demo/person/room-history.ts';
import { freePort } from '../shared/runtime/free-port.ts';
import { createLog } from '../shared/runtime/log.ts';
import { type Resident, TestStack } from './test-stack.ts';

const sha256 = (content: string | Buffer) => createHash('sha256').update(content).digest('hex');
const TOKEN = 'of-a-test';
const volume = mkdtempSync(join(tmpdir(), 'surfaces-offered-'));
const outside = join(volume, 'of-nobody.txt');

let host: AgentHost;
let stack: TestStack;
beforeAll(async () => {
  writeFileSync(outside, 'secret');
  const port = await freePort();
  host = new AgentHost({
    agents: [{ name: 'played', adapter: { ...demoAdapter, runTurn: play } }],
    volume,
    host: '127.0.0.1',
    port,
    token: TOKEN,
    permissionTtlMs: 60_000,
    log: createLog('silent', {}),
  });
  await host.start();
  const env = { AGENT_URL: `ws://127.0.0.1:${port}`, AGENT_TOKEN: TOKEN, AGENTS_DIR: volume };
  stack = await new TestStack({ env }).up();
}, 240_000);
afterAll(async () => {
  await stack?.end();
  await host?.stop();
  rmSync(volume, { recursive: true, force: true });
}, 60_000);

const CONTENT = 'made by the agent\n';
/** Its upload takes longer than it takes to say what follows. */
const LARGE = Buffer.alloc(60 * 1024 ** 2, 'large');

/** Offers what the message names, between two paragraphs. */
async function play(turn: AgentTurn): Promise<undefined> {
  const [block] = turn.input;
  const what = block?.type === 'text' ? block.text : '';
  const say = (message_id: string, text: string) => {
    turn.emit({ type: 'message.delta', message_id, channel: 'answer', text });
    turn.emit({ type: 'message.done', message_id, channel: 'answer', text });
  };
  const at = (name: string) => join(turn.workspace, name);
  const offer = (path: string, content: string | Buffer = CONTENT, name = path.split('/').at(-1) || 'none') =>
    turn.offer({ path, name, mime_type: 'text/plain', size: content.length, sha256: sha256(content) });
  const write = (name: string, content: string | Buffer = CONTENT) => {
    mkdirSync(at('outbox'), { recursive: true });
    writeFileSync(at(name), content);
  };
  say('one', 'Before it.');
  await new Promise((resolve) => setTimeout(resolve, 300));
  if (what.startsWith('plain')) {
    write('outbox/plain.txt');
    offer('outbox/plain.txt');
  } else if (what === 'large') {
    write('outbox/large.bin', LARGE);
    offer('outbox/large.bin', LARGE);
  } else if (what === 'three') {
    for (const name of ['outbox/1.txt', 'outbox/2.txt', 'outbox/3.txt']) {
      write(name, name);
      offer(name, name);
    }
  } else if (what === 'link') {
    symlinkSync(outside, at('link.txt'));
    offer('link.txt', 'secret');
  } else if (what === 'hard link') {
    linkSync(outside, at('hard.txt'));
    offer('hard.txt', 'secret');
  } else if (what === 'fifo') {
    execFileSync('mkfifo', [at('fifo')]);
    offer('fifo');
  } else if (what === 'folder') {
    mkdirSync(at('folder'));
    offer('folder');
  } else if (what === 'other content') {
    write('outbox/other.txt', 'not what was said');
    offer('outbox/other.txt');
  } else if (what === 'late') {
    write('outbox/late.txt', CONTENT.slice(0, 5));
    offer('outbox/late.txt');
    setTimeout(() => write('outbox/late.txt'), 600);
  } else offer(what);
  say('two', 'Behind it.');
  // Long enough for what was said last to be shown while it streams.
  if (what === 'large' || what === 'plain and slow') await new Promise((resolve) => setTimeout(resolve, 3_000));
  return undefined;
}

/** What the bot said about a question, in the order of the room. */
const said = (who: Resident, question: string) => repliesTo(who.person.room(who.home.room), stack.bot, question);

describe('an offered file', () => {
  test('stands between what was said before it and behind it', async () => {
    const ann = await stack.atHome();
    const question = await ann.say('plain');
    const answer = await ann.untilAnswered(question);
    expect(answer.text).toBe('Before it.\n\nBehind it.');
    expect(said(ann, question).map((message) => surfacesOf(message).kind)).toEqual(['answer', 'file', 'answer']);
    expect(ann.breaches()).toEqual([]);
  });

  test('is waited for by what is said behind it', async () => {
    const ann = await stack.atHome();
    const question = await ann.say('large');
    await ann.untilAnswered(question);
    expect(said(ann, question).map((message) => surfacesOf(message).kind)).toEqual(['answer', 'file', 'answer']);
  });

  test('is shown once, though the turn worker is killed after that', async () => {
    const ann = await stack.atHome();
    const question = await ann.say('plain and slow');
    await ann.person.until('the file', () => said(ann, question).some((each) => surfacesOf(each).kind === 'file'));
    await stack.untilBack('turn-worker', stack.kill('turn-worker'));
    const answer = await ann.untilAnswered(question);
    expect(answer.text).toBe('Before it.\n\nBehind it.');
    expect(said(ann, question).map((message) => surfacesOf(message).kind)).toEqual(['answer', 'file', 'answer']);
    expect(ann.breaches()).toEqual([]);
  });

  test('and others beside it come in their order', async () => {
    const ann = await stack.atHome();
    const question = await ann.say('three');
    await ann.untilAnswered(question);
    const kinds = said(ann, question).map((message) => surfacesOf(message).kind);
    expect(kinds).toEqual(['answer', 'file', 'file', 'file', 'answer']);
    const bodies = said(ann, question).flatMap((each) => newest(each).content.filename ?? []);
    expect(bodies).toEqual(['1.txt', '2.txt', '3.txt']);
    expect(ann.breaches()).toEqual([]);
  });

  test('that is still being written is waited for a little', async () => {
    const ann = await stack.atHome();
    const question = await ann.say('late');
    await ann.untilAnswered(question);
    const [file] = said(ann, question).filter((message) => surfacesOf(message).kind === 'file');
    expect((await fetchFile(ann.person, String(newest(file!).content.url))).toString()).toBe(CONTENT);
  });

  test('of any other kind is told in its place, and nothing of it is sent', async () => {
    const ann = await stack.atHome();
    for (const [what, code] of [
      ['../of-nobody.txt', 'file_outside'],
      ['/etc/passwd', 'file_outside'],
      ['outbox/../../of-nobody.txt', 'file_outside'],
      ['link', 'file_outside'],
      ['hard link', 'file_outside'],
      ['fifo', 'file_outside'],
      ['folder', 'file_outside'],
      ['not-there.txt', 'file_unavailable'],
      ['other content', 'file_changed'],
    ]) {
      const question = await ann.say(what!);
      await ann.untilAnswered(question);
      const seen = said(ann, question).map((message) => {
        const { kind, code: told } = surfacesOf(message);
        return told ?? kind;
      });
      expect([what, ...seen]).toEqual([what, 'answer', code, 'answer']);
    }
    expect(ann.breaches()).toEqual([]);
  }, 120_000);
});
