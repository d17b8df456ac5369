import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setInterval } from 'node:timers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { surfacesOf } from '../services/cli/demo/person/answers.ts';
import { dropFile, fetchFile } from '../services/cli/demo/person/files.ts';
import { messagesOf, newest, stateOf } from '../services/cli/demo/person/room-history.ts';
import { type Resident, TestStack } from './test-stack.ts';

const stack = new TestStack();
beforeAll(() => stack.up(), 240_000);
afterAll(() => stack.end(), 60_000);

const MIB = 1024 ** 2;
const sha256 = (content: Uint8Array) => createHash('sha256').update(content).digest('hex');

function inboxOf(who: Resident): string {
  const state = stateOf(who.person.room(who.home.room), 'dev.surfaces.room');
  return join(stack.stack.agents_dir, String(state?.content.session_id), 'inbox');
}

/** Looks at an inbox all the time. @returns what was seen under a name that was no whole file, and how to end it. */
function watchInbox(inbox: string, size: number) {
  const partial: string[] = [];
  const timer = setInterval(() => {
    try {
      for (const name of readdirSync(inbox)) {
        const seen = statSync(join(inbox, name)).size;
        if (!name.startsWith('.') && seen !== size) partial.push(`${name}: ${seen} bytes`);
      }
    } catch {
      // Not made yet, or gone between the two looks.
    }
  }, 2);
  return { partial, end: () => clearInterval(timer) };
}

async function kill(role: string): Promise<void> {
  await stack.untilBack(role, stack.kill(role));
}

describe('on its way in', () => {
  test.each([30, 120, 250, 400, 700])(
    'the attachment worker killed %i ms after the event: there once, whole, and answered',
    async (ms) => {
      const ann = await stack.atHome();
      const content = randomBytes(40 * MIB);
      const inbox = inboxOf(ann);
      const watch = watchInbox(inbox, content.length);
      const { eventId } = await dropFile(ann.person, ann.home.room, { name: 'large.bin', content });
      await new Promise((resolve) => setTimeout(resolve, ms));
      await kill('attachment-worker');
      const answer = await ann.untilAnswered(eventId);
      watch.end();
      expect(answer.text).toContain(sha256(content));
      expect(readdirSync(inbox)).toEqual(['large.bin']);
      expect(readFileSync(join(inbox, 'large.bin')).equals(content)).toBe(true);
      expect(watch.partial).toEqual([]);
      expect(ann.breaches()).toEqual([]);
    },
    90_000,
  );
});

describe('on its way out', () => {
  test.each([
    ['attachment-worker', 50],
    ['attachment-worker', 300],
    ['attachment-worker', 700],
    ['attachment-worker', 1_200],
    ['turn-worker', 100],
    ['turn-worker', 500],
    ['turn-worker', 1_000],
  ])(
    '%s killed %i ms after the question: shown once, whole, beside its answer',
    async (role, ms) => {
      const ann = await stack.atHome();
      const question = await ann.say('demo file large.bin size=40m');
      await new Promise((resolve) => setTimeout(resolve, ms));
      await kill(role);
      const answer = await ann.untilAnswered(question);
      expect(answer.state).toBe('done');
      const files = filesIn(ann);
      expect(files).toHaveLength(1);
      const content = await fetchFile(ann.person, String(newest(files[0]!).content.url));
      expect(content.length).toBe(40 * MIB);
      expect(answer.text).toContain(sha256(content));
      expect(ann.breaches()).toEqual([]);
    },
    90_000,
  );

  test('the agent host killed while it writes: the turn ends with a word, and never with half a file', async () => {
    const ann = await stack.atHome();
    const question = await ann.say('demo file large.bin size=80m');
    await new Promise((resolve) => setTimeout(resolve, 250));
    await kill('agent-host');
    const answer = await ann.untilAnswered(question);
    expect(['done', 'failed']).toContain(answer.state);
    for (const file of filesIn(ann)) {
      const content = await fetchFile(ann.person, String(newest(file).content.url));
      expect(content.length).toBe(80 * MIB);
    }
    expect((await ann.ask('demo words=1 pace=1')).text).toBe('word1');
    expect(ann.breaches()).toEqual([]);
  }, 90_000);
});

const filesIn = (who: Resident) =>
  messagesOf(who.person.room(who.home.room)).filter((message) => surfacesOf(message).kind === 'file');
