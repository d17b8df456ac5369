import type { AgentConnection } from '../../../shared/agent-protocol/client.ts';
import type { Snapshot } from '../../../shared/agent-protocol/content.ts';
import type { UserId } from '../../../shared/ids/ids.ts';
import type { Language } from '../../../shared/texts/detect-language.ts';
import { bytes, date } from '../../../shared/texts/formats.ts';
import { say } from '../../../shared/texts/say.ts';

/** What a person has saved, the newest first. They belong to the person, not to a room. */
export async function snapshotsOf(agent: AgentConnection, person: UserId): Promise<readonly Snapshot[]> {
  return (await agent.request('snapshot.list', { owner: person })).snapshots;
}

/** Saved contexts as a numbered list under its heading. */
export function snapshotList(
  heading: 'snapshots_list' | 'load_list',
  snapshots: readonly Snapshot[],
  language: Language,
): string {
  const lines = snapshots.map(({ name, created_at, size }, index) => {
    const values = { name, date: date(language, new Date(created_at)), size: bytes(language, size) };
    return `${index + 1}. ${say(language, 'snapshot_line', values)}`;
  });
  return `${say(language, heading)}\n\n${lines.join('\n')}`;
}

/** As entries of a list from which a bare number picks. */
export function snapshotEntries(snapshots: readonly Snapshot[]) {
  return snapshots.map(({ snapshot_id, name }) => ({ id: snapshot_id, name }));
}
