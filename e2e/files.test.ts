import { createCipheriv, createHash, randomBytes } from 'node:crypto';
import { lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { picture, wav } from '../services/attachment-worker/look/test-media.ts';
import { surfacesOf } from '../services/cli/demo/person/answers.ts';
import { type DroppedFile, dropFile, fetchFile, uploadFile } from '../services/cli/demo/person/files.ts';
import { type Message, messagesOf, newest, stateOf } from '../services/cli/demo/person/room-history.ts';
import { type Resident, TestStack } from './test-stack.ts';

const stack = new TestStack({ env: { SURFACES_MAX_FILE_BYTES: '200k', SURFACES_REFUSE_FILES: '.exe' } });
beforeAll(() => stack.up(), 240_000);
afterAll(() => stack.end(), 60_000);

const sha256 = (content: Uint8Array) => createHash('sha256').update(content).digest('hex');
const text = (name: string, content: string): DroppedFile => ({
  name,
  content: Buffer.from(content),
  type: 'text/plain',
});

/** Drops a file into a person's room. @returns the event id. */
const drop = async (who: Resident, file: DroppedFile) => (await dropFile(who.person, who.home.room, file)).eventId;

/** The folder of a room's workspace on the volume. */
function workspaceOf(who: Resident): string {
  const state = stateOf(who.person.room(who.home.room), 'dev.surfaces.room');
  return join(stack.stack.agents_dir, String(state?.content.session_id));
}

/** What the bot showed as a file, about one event. */
const filesAbout = (who: Resident, eventId: string): Message[] =>
  messagesOf(who.person.room(who.home.room)).filter((message) => {
    const { kind, in_response_to } = surfacesOf(message);
    return kind === 'file' && in_response_to === eventId;
  });

const untilFile = (who: Resident, eventId: string) =>
  who.person.until(`a file about ${eventId}`, () => filesAbout(who, eventId)[0]);

const NAMES = [
  '../../etc/passwd',
  '/etc/passwd',
  '.ssh',
  'CON',
  'a\nb\u0000c.txt',
  '\u202egpj.exe.txt',
  `${'long'.repeat(900)}.txt`,
  '',
  '🤷.txt',
];

describe('a file that a person sends', () => {
  test('is a turn of its own, and lies in the room’s inbox under a safe name', async () => {
    const ann = await stack.atHome();
    const content = 'Привет, мир\nи ещё строка\n';
    const event = await drop(ann, text('Отчёт за март.txt', content));
    const answer = await ann.untilAnswered(event);
    expect(answer.text).toContain(sha256(Buffer.from(content)));
    expect(answer.text).toContain('Привет, мир');
    const inbox = join(workspaceOf(ann), 'inbox');
    const [name, ...more] = readdirSync(inbox);
    expect(more).toEqual([]);
    expect(name).toMatch(/^[A-Za-z0-9][A-Za-z0-9._-]*\.txt$/);
    expect(readFileSync(join(inbox, name!), 'utf8')).toBe(content);
    expect(lstatSync(join(inbox, name!)).mode & 0o777).toBe(0o660);
  });

  test('with a caption is that text’s turn', async () => {
    const ann = await stack.atHome();
    const event = await drop(ann, { ...text('list.csv', 'a,b\n'), caption: 'demo read [[captioned]]' });
    const answer = await ann.untilAnswered(event);
    expect(answer.text).toMatch(/^\[\[captioned\]\] One file:/);
    expect(answer.text).toContain('list');
  });

  test('and more of them, and the text that belongs to them, are one turn', async () => {
    const ann = await stack.atHome();
    const one = await drop(ann, text('one.txt', 'first'));
    const two = await drop(ann, text('two.txt', 'second'));
    const question = await ann.say('demo read [[together]]');
    const answer = await ann.untilAnswered(question);
    expect(answer.text).toContain('2 files:');
    expect(answer.text).toContain('one.txt');
    expect(answer.text).toContain('two.txt');
    expect((await ann.ask('demo words=1 pace=1')).text).toBe('word1');
    for (const event of [one, two]) expect(ann.answer(event).parts).toEqual([]);
    expect(ann.breaches()).toEqual([]);
  });

  test('without a text several are one turn, about the last of them', async () => {
    const ann = await stack.atHome();
    const events: string[] = [];
    for (let index = 1; index <= 4; index++)
      events.push(await drop(ann, text(`part-${index}.txt`, `content ${index}`)));
    const answer = await ann.untilAnswered(events.at(-1)!);
    expect(answer.text).toContain('4 files:');
    expect((await ann.ask('demo words=1 pace=1')).text).toBe('word1');
    for (const event of events.slice(0, -1)) expect(ann.answer(event).parts).toEqual([]);
  });

  test('a text long before it is a turn of its own; one long after it, too', async () => {
    const ann = await stack.atHome();
    const before = await ann.say('demo words=2 pace=1');
    const event = await drop(ann, text('alone.txt', 'x'));
    expect((await ann.untilAnswered(before)).text).toBe('word1 word2');
    expect((await ann.untilAnswered(event)).text).toContain('One file:');
    expect((await ann.ask('demo words=3 pace=1')).text).toBe('word1 word2 word3');
  });

  test('under one name twice, both are there', async () => {
    const ann = await stack.atHome();
    await ann.untilAnswered(await drop(ann, text('same.txt', 'one')));
    await ann.untilAnswered(await drop(ann, text('same.txt', 'two')));
    expect(readdirSync(join(workspaceOf(ann), 'inbox')).sort()).toEqual(['same-2.txt', 'same.txt']);
  });

  test('that is too large is told, to the person and the agent, and the turn goes on without it', async () => {
    const ann = await stack.atHome();
    const large = await drop(ann, { name: 'large.bin', content: Buffer.alloc(300 * 1024) });
    const question = await ann.say('What about it?');
    const answer = await ann.untilAnswered(question);
    expect(answer.text).toContain('large.bin');
    expect(answer.text).toContain('too large');
    const told = await ann.untilReplied(large);
    expect(told.surfaces).toMatchObject({ kind: 'notice', code: 'file_too_large' });
    expect(told.text).toContain('205 kB');
    // Without a text there is nothing to ask the agent.
    const alone = await drop(ann, { name: 'larger.bin', content: Buffer.alloc(400 * 1024) });
    await ann.untilReplied(alone);
    expect((await ann.ask('demo words=1 pace=1')).state).toBe('done');
    expect(ann.answer(alone).parts).toEqual([]);
  });

  test('that is gone is told', async () => {
    const ann = await stack.atHome();
    const url = `mxc://${stack.stack.homeserver.server_name}/nothingIsHere`;
    const { eventId } = await ann.person.send(ann.home.room, 'm.room.message', {
      msgtype: 'm.file',
      body: 'gone.txt',
      url,
    });
    expect((await ann.untilReplied(eventId)).surfaces.code).toBe('file_unavailable');
  });

  test('of a type that is not taken is told', async () => {
    const ann = await stack.atHome();
    const event = await drop(ann, { name: 'setup.exe', content: Buffer.from('MZ') });
    expect((await ann.untilReplied(event)).surfaces.code).toBe('file_refused');
  });

  test('lies in the inbox whatever it is called', async () => {
    const ann = await stack.atHome();
    const inbox = join(workspaceOf(ann), 'inbox');
    for (const [index, name] of NAMES.entries()) {
      const fields = { body: name || 'x', filename: name };
      const event = await drop(ann, { ...text('x', `file ${index}`), fields });
      expect((await ann.untilAnswered(event)).text).toContain(sha256(Buffer.from(`file ${index}`)));
    }
    const names = readdirSync(inbox);
    expect(names).toHaveLength(NAMES.length);
    for (const name of names) expect(name).toMatch(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,119}$/);
    expect(readdirSync(workspaceOf(ann))).toEqual(['inbox']);
  });

  test('never reaches another room', async () => {
    const ann = await stack.atHome('ann');
    const bob = await stack.atHome('bob');
    await ann.untilAnswered(await drop(ann, text('secret.txt', 'of ann')));
    expect((await bob.ask('demo read')).text).toContain('no file');
    expect((await bob.command('!files')).text).not.toContain('secret');
  });

  test('empty, or other than it says, is taken as it is', async () => {
    const ann = await stack.atHome();
    const empty = await drop(ann, { ...text('empty.txt', ''), fields: { info: { size: 5, mimetype: 'image/png' } } });
    expect((await ann.untilAnswered(empty)).text).toContain('0 bytes');
  });

  test('that comes encrypted is decrypted, and checked', async () => {
    const ann = await stack.atHome();
    const content = Buffer.from('a secret of two\n');
    const key = randomBytes(32);
    const iv = Buffer.concat([randomBytes(8), Buffer.alloc(8)]);
    const cipher = createCipheriv('aes-256-ctr', key, iv);
    const packed = Buffer.concat([cipher.update(content), cipher.final()]);
    const url = await uploadFile(ann.person, { name: 'x', content: packed });
    const say = async (hash: Buffer) => {
      const unpadded = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '');
      const file = {
        v: 'v2',
        url,
        key: { kty: 'oct', alg: 'A256CTR', ext: true, key_ops: ['encrypt', 'decrypt'], k: key.toString('base64url') },
        iv: unpadded(iv),
        hashes: { sha256: unpadded(hash) },
      };
      const sent = { msgtype: 'm.file', body: 'secret.txt', file };
      return (await ann.person.send(ann.home.room, 'm.room.message', sent)).eventId;
    };
    const good = await say(createHash('sha256').update(packed).digest());
    expect((await ann.untilAnswered(good)).text).toContain(sha256(content));
    const bad = await say(randomBytes(32));
    expect((await ann.untilReplied(bad)).surfaces.code).toBe('file_unavailable');
  });

  test('stopped while it waits for more, is not given to the agent', async () => {
    const ann = await stack.atHome();
    const event = await drop(ann, text('stopped.txt', 'x'));
    await ann.command('!stop all');
    expect((await ann.ask('demo words=1 pace=1')).text).toBe('word1');
    expect(ann.answer(event).parts.length + ann.answer(event).text.length).toBe(0);
  });

  test('is a turn of its own where the text that it waited with is taken back', async () => {
    const ann = await stack.atHome();
    const running = await ann.say('demo words=60 pace=30');
    await ann.untilShows(running, 'word3');
    const event = await drop(ann, text('kept.txt', 'still here'));
    const question = await ann.say('what is this?');
    await ann.person.redact(ann.home.room, question);
    expect((await ann.untilAnswered(event)).text).toContain(sha256(Buffer.from('still here')));
    expect(ann.answer(question).parts).toEqual([]);
  });

  test('taken back before its turn, is not given to the agent', async () => {
    const ann = await stack.atHome();
    const running = await ann.say('demo words=60 pace=30');
    await ann.untilShows(running, 'word3');
    const event = await drop(ann, text('regret.txt', 'x'));
    await ann.person.redact(ann.home.room, event);
    await ann.untilAnswered(running);
    expect((await ann.ask('demo words=1 pace=1')).text).toBe('word1');
    expect(ann.answer(event).parts).toEqual([]);
  });
});

describe('a file that the agent makes', () => {
  test('is shown, with its content, and the answer beside it', async () => {
    const ann = await stack.atHome();
    const question = await ann.say('demo file report.txt size=20k');
    const answer = await ann.untilAnswered(question);
    const { content } = newest(await untilFile(ann, question));
    expect(content).toMatchObject({ msgtype: 'm.file', filename: 'report.txt', info: { size: 20 * 1024 } });
    const bytes = await fetchFile(ann.person, String(content.url));
    expect(bytes.length).toBe(20 * 1024);
    expect(answer.text).toContain(sha256(bytes));
    expect(ann.breaches()).toEqual([]);
  });

  test('as a picture, is one, with its size', async () => {
    const ann = await stack.atHome();
    const question = await ann.say('demo file chart.png');
    const { content } = newest(await untilFile(ann, question));
    expect(content).toMatchObject({ msgtype: 'm.image', info: { mimetype: 'image/png', w: 320, h: 200 } });
  });

  test('that is too large is told, and the answer goes on', async () => {
    const ann = await stack.atHome();
    const question = await ann.say('demo file huge.bin size=300k');
    expect((await ann.untilAnswered(question)).state).toBe('done');
    expect((await ann.untilReplied(question)).surfaces.code).toBe('file_too_large');
    expect(filesAbout(ann, question)).toEqual([]);
  });

  test('is shown as what it is: a large picture with a preview, a recording with its length', async () => {
    const ann = await stack.atHome();
    const folder = workspaceOf(ann);
    // One file in the workspace at a time is number 1 of the list.
    const shown = async (name: string, content: Uint8Array) => {
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, name), content);
      await ann.command('!files');
      const { content: event } = newest(await untilFile(ann, await ann.say('1')));
      rmSync(join(folder, name));
      return event;
    };
    const photo = await shown('photo.bin', await picture('jpeg', 2_000, 1_500, { plain: true }));
    expect(photo).toMatchObject({
      msgtype: 'm.image',
      info: { mimetype: 'image/jpeg', w: 2_000, h: 1_500, thumbnail_info: { w: 800, h: 600 } },
    });
    const preview = (photo.info as { thumbnail_url: string }).thumbnail_url;
    expect((await fetchFile(ann.person, preview)).length).toBeGreaterThan(100);
    expect(await shown('voice', wav(1))).toMatchObject({ msgtype: 'm.audio', info: { duration: 1_000 } });
    const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>');
    expect(await shown('drawing.png', svg)).toMatchObject({ msgtype: 'm.file', info: { mimetype: 'image/svg+xml' } });
  });

  test('is listed by !files, and sent again by its number', async () => {
    const ann = await stack.atHome();
    expect((await ann.command('!files')).surfaces.code).toBe('nothing_waiting');
    await untilFile(ann, await ann.say('demo file first.txt size=1k'));
    await ann.untilAnswered(await drop(ann, text('mine.txt', 'of a person')));
    const list = await ann.command('!files');
    expect(list.text).toMatch(/1\. `?inbox\/mine\.txt/);
    expect(list.text).toContain('first.txt');
    const { content } = newest(await untilFile(ann, await ann.say('1')));
    expect((await fetchFile(ann.person, String(content.url))).toString()).toBe('of a person');
    expect((await ann.command('!settings')).text).toMatch(/Files:.*2\.1 GB/);
  });
});
