import { AgentRefusal } from '../../../shared/agent-protocol/agent-refusal.ts';
import { recordSaved } from '../../../shared/store/rooms.ts';
import { say, sayPlain } from '../../../shared/texts/say.ts';
import { askSession } from '../agent/ask-session.ts';
import { snapshotEntries, snapshotList, snapshotsOf } from '../agent/snapshots.ts';
import type { Command, CommandParts, Reply, RoomCall } from '../command.ts';
import { pickByName } from '../pick-by-name.ts';

/** `!load [name]`: goes on from a saved context; asks first where the one that is here would be lost. */
export const loadCommand: Command = {
  name: 'load',
  where: 'room',
  async run(call, parts) {
    const { rest, person, language } = call;
    const snapshots = await snapshotsOf(parts.agent, person);
    if (snapshots.length === 0)
      return { text: say(language, 'snapshots_none'), ...(rest && { code: 'unknown_snapshot' }) };
    const list = { kind: 'load', entries: snapshotEntries(snapshots) } as const;
    if (rest === '') return { text: snapshotList('load_list', snapshots, language), list };
    const entry = pickByName(list.entries, rest);
    if (entry) return loadOrAsk(entry, call, parts);
    const text = `${say(language, 'snapshot_unknown', { name: rest })}\n\n${snapshotList('load_list', snapshots, language)}`;
    return { text, code: 'unknown_snapshot', list };
  },
  picked: (call, entry, parts) => loadOrAsk(entry, call, parts),
  async confirmed(call, parts) {
    const snapshots = await snapshotsOf(parts.agent, call.person);
    const name = snapshots.find(({ snapshot_id }) => snapshot_id === call.rest)?.name ?? '';
    return load({ id: call.rest, name }, call, parts);
  },
};

type Entry = { readonly id: string; readonly name: string };

async function loadOrAsk(entry: Entry, call: RoomCall, parts: CommandParts): Promise<Reply> {
  const { room, language } = call;
  const { id, name } = entry;
  if (!room.unsaved) return load(entry, call, parts);
  const title = sayPlain(language, 'load_title', { name });
  return { text: say(language, 'load_question', { name }), confirm: { command: 'load', title, argument: id } };
}

async function load({ id, name }: Entry, { room, language }: RoomCall, parts: CommandParts): Promise<Reply> {
  try {
    const { lossy } = await askSession(parts.agent, 'snapshot.load', room.sessionId, { snapshot_id: id });
    await recordSaved(parts.database, room.roomId);
    return { text: say(language, lossy ? 'load_lossy' : 'load_done', { name }) };
  } catch (error) {
    if (!(error instanceof AgentRefusal && error.protocolCode === 'unsupported')) throw error;
    return { text: say(language, 'load_other_agent'), code: 'unknown_snapshot' };
  }
}
