import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PermissionRequest } from '../../shared/agent-protocol/turn-events.ts';
import type { EventId, RoomId, UserId } from '../../shared/ids/ids.ts';
import type { WorkItem } from '../../shared/matrix/work-item.ts';
import { type FreshDatabase, freshDatabase } from '../../shared/store/fresh-database.ts';
import { questionsOf } from '../../shared/store/questions.ts';
import { AgentQuestions } from './agent-questions.ts';

const MINUTE = 60_000;
let database: FreshDatabase;
beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database.close());

test.each([-10, 0, 10])(
  'an agent’s own limit of 5 minutes is 5 minutes, with its clock %i minutes ahead',
  async (ahead) => {
    const event = `$e${ahead}` as EventId;
    const about = { room: '!r:x' as RoomId, sender: '@ann:x' as UserId, event } as WorkItem;
    const questions = new AgentQuestions({
      database,
      agent: {} as never,
      say: async () => {},
      about,
      lane: 'room/!r:x',
      seq: 1,
      resumed: false,
      sessionId: 's',
      turnId: `t${ahead}`,
      language: 'en',
      ttlMs: 24 * 60 * MINUTE,
    });
    const at = Date.now() + ahead * MINUTE;
    const request: PermissionRequest = {
      type: 'permission.request',
      session_id: 's',
      turn_id: `t${ahead}`,
      seq: 1,
      at,
      permission_id: 'p',
      title: 'sweep the deck',
      options: [{ option_id: 'a', name: 'Allow', kind: 'allow_once' }],
      expires_at: new Date(at + 5 * MINUTE).toISOString(),
    };
    await questions.take(request);
    const [question] = await questionsOf(database, event);
    const leftMs = question!.expiresAt.getTime() - Date.now();
    expect(leftMs).toBeGreaterThan(4 * MINUTE);
    expect(leftMs).toBeLessThanOrEqual(5 * MINUTE);
  },
);
