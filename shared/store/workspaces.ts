import type { SessionId } from '../ids/ids.ts';
import type { Database } from './postgres.ts';

const DUE = {
  name: 'workspace_due',
  text: `SELECT workspace FROM workspace_end w
          WHERE ended_at < now() - $1 * interval '1 millisecond'
            AND NOT EXISTS (SELECT FROM room r WHERE r.session_id = w.workspace AND r.state = 'active')
          ORDER BY ended_at LIMIT $2`,
};
const FORGET = { name: 'workspace_forget', text: 'DELETE FROM workspace_end WHERE workspace = $1' };

/** Workspaces of conversations that were archived or cleared at least `keepMs` ago, the oldest first. */
export async function workspacesToRemove(database: Database, keepMs: number, most: number): Promise<SessionId[]> {
  const rows = await database.run<{ workspace: SessionId }>(DUE, [keepMs, most]);
  return rows.map(({ workspace }) => workspace);
}

/** Its files are gone. */
export async function forgetWorkspace(database: Database, workspace: SessionId): Promise<void> {
  await database.run(FORGET, [workspace]);
}
