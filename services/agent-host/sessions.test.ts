import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { HostFolder } from './host-folder.ts';
import { Sessions } from './sessions.ts';

let volume: string;
beforeAll(async () => {
  volume = await mkdtemp(join(tmpdir(), 'sessions-'));
});
afterAll(() => rm(volume, { recursive: true, force: true }));

test('an idle session is forgotten, and is the same when it is asked for again', async () => {
  const sessions = new Sessions(new HostFolder(volume));
  const session = await sessions.open('s', 'folder');
  session.keepConversation({ said: 'hello' }, 'demo');
  await session.saveIfChanged();
  sessions.sweep();
  const again = await sessions.get('s');
  expect(again).not.toBe(session);
  expect(again.record).toEqual(session.record);
  await expect(sessions.get('other')).rejects.toMatchObject({ code: 'unknown_session' });
});

test('what is asked of one session is done in order; others do not wait', async () => {
  const sessions = new Sessions(new HostFolder(volume));
  const done: string[] = [];
  const gate = Promise.withResolvers<void>();
  const first = sessions.inOrder('a', async () => {
    await gate.promise;
    done.push('a1');
    throw new Error('what fails holds nobody up');
  });
  const second = sessions.inOrder('a', async () => done.push('a2'));
  await sessions.inOrder('b', async () => done.push('b1'));
  gate.resolve();
  await expect(first).rejects.toThrow();
  await second;
  expect(done).toEqual(['b1', 'a1', 'a2']);
});

test('a record that cannot be written is an error, and is written when it is tried again', async () => {
  const folder = new HostFolder(volume);
  const sessions = new Sessions(folder);
  const session = await sessions.open('gone', 'folder');
  await rm(folder.session('gone'), { recursive: true });
  session.keepConversation(1, 'demo');
  await expect(session.saveIfChanged()).rejects.toMatchObject({ code: 'ENOENT' });
  const fresh = await new Sessions(folder).open('gone', 'folder');
  expect(fresh.record.conversation).toBeUndefined();
  await session.saveIfChanged();
  expect((await new Sessions(folder).get('gone')).record.conversation).toBe(1);
});
