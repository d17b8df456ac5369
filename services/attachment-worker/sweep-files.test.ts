import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RoomId, SessionId, UserId } from '../../shared/ids/ids.ts';
import { createLog } from '../../shared/runtime/log.ts';
import { type FreshDatabase, freshDatabase } from '../../shared/store/fresh-database.ts';
import { putRoom, recordSession, recordState } from '../../shared/store/rooms.ts';
import { sweepOnce } from './sweep-files.ts';

const DAY_MS = 86_400_000;
const agentsDir = mkdtempSync(join(tmpdir(), 'surfaces-sweep-'));
let database: FreshDatabase;
beforeAll(async () => {
  database = await freshDatabase(2);
});
afterAll(async () => {
  await database.drop();
  rmSync(agentsDir, { recursive: true, force: true });
});

async function room(name: string): Promise<RoomId> {
  const roomId = `!${name}:x` as RoomId;
  const sessionId = `chat-${name}` as SessionId;
  const owner = '@ann:x' as UserId;
  await putRoom(database, { roomId, kind: 'chat', owner, sessionId, state: 'active', name }, null);
  mkdirSync(join(agentsDir, sessionId, 'inbox'), { recursive: true });
  writeFileSync(join(agentsDir, sessionId, 'inbox', 'a.txt'), 'a');
  return roomId;
}

const isThere = (name: string) => existsSync(join(agentsDir, `chat-${name}`, 'inbox', 'a.txt'));
const sweep = (keepMs: number) => sweepOnce({ database, agentsDir, keepMs, log: createLog('silent', {}) });
const age = (days: number) =>
  database.run({ name: 'test_age', text: `UPDATE workspace_end SET ended_at = now() - $1 * interval '1 day'` }, [days]);

test('files of rooms in use stay; of archived and cleared ones they go when their time is over', async () => {
  await room('used');
  const archived = await room('archived');
  const restored = await room('restored');
  const cleared = await room('cleared');
  await recordState(database, archived, 'archived');
  await recordState(database, restored, 'archived');
  await recordState(database, restored, 'active');
  await recordSession(database, cleared, 'chat-fresh' as SessionId);
  await age(29);
  expect(await sweep(30 * DAY_MS)).toEqual([]);
  await age(31);
  expect((await sweep(30 * DAY_MS)).sort()).toEqual(['chat-archived', 'chat-cleared']);
  expect(['used', 'archived', 'restored', 'cleared'].filter(isThere)).toEqual(['used', 'restored']);
  expect(await sweep(30 * DAY_MS)).toEqual([]);
});

test('a room that comes back in between keeps its files, even where the record of its end is left', async () => {
  const roomId = await room('back');
  await recordState(database, roomId, 'archived');
  await age(31);
  await database.run({ name: 'test_back', text: `UPDATE room SET state = 'active' WHERE room_id = $1` }, [roomId]);
  expect(await sweep(30 * DAY_MS)).toEqual([]);
  expect(isThere('back')).toBe(true);
});

test('copies that nobody came back for are removed', async () => {
  const outgoing = join(agentsDir, '.outgoing');
  mkdirSync(outgoing);
  for (const name of ['old', 'new']) writeFileSync(join(outgoing, name), 'x');
  utimesSync(join(outgoing, 'old'), new Date(Date.now() - 2 * DAY_MS), new Date(Date.now() - 2 * DAY_MS));
  await sweep(DAY_MS);
  expect(existsSync(join(outgoing, 'old'))).toBe(false);
  expect(existsSync(join(outgoing, 'new'))).toBe(true);
});
