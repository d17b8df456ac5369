import type { UserId } from '../ids/ids.ts';
import type { MessageItem } from '../matrix/work-item.ts';
import type { Database } from '../store/postgres.ts';

const LAST = {
  name: 'last_message',
  text: `SELECT coalesce(a.body, i.body) AS body, i.key FROM lane_item i
         LEFT JOIN LATERAL (SELECT body FROM lane_amendment
           WHERE target = i.key AND kind = 'replace' AND body->>'sender' = $3 AND body->>'type' = 'message'
           ORDER BY position DESC LIMIT 1) a ON true
         WHERE i.lane_id = $1 AND i.seq < $2 AND i.body->>'sender' = $3 AND i.body->>'type' = 'message'
           AND NOT EXISTS (SELECT FROM lane_amendment w WHERE w.target = i.key AND w.kind = 'withdraw')
         ORDER BY i.seq DESC LIMIT 1`,
};

/** A person's last message before a place in a lane, as it was edited last; null where there is none, or it is too old. */
export async function lastMessage(
  database: Database,
  lane: string,
  beforeSeq: number,
  sender: UserId,
): Promise<MessageItem | null> {
  const [row] = await database.run<{ body: MessageItem; key: MessageItem['event'] }>(LAST, [lane, beforeSeq, sender]);
  return row ? { ...row.body, event: row.key } : null;
}
