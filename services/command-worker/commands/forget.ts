import { say, sayPlain } from '../../../shared/texts/say.ts';
import { snapshotEntries, snapshotList, snapshotsOf } from '../agent/snapshots.ts';
import type { Command } from '../command.ts';
import { pickByName } from '../pick-by-name.ts';

/** `!forget <name or number>`: deletes a saved context, after a yes. */
export const forgetCommand: Command = {
  name: 'forget',
  where: 'anywhere',
  needsArgument: true,
  async run({ rest, person, language }, { agent }) {
    const snapshots = await snapshotsOf(agent, person);
    if (snapshots.length === 0) return { text: say(language, 'snapshots_none'), code: 'unknown_snapshot' };
    const entry = pickByName(snapshotEntries(snapshots), rest);
    if (!entry) {
      const list = snapshotList('snapshots_list', snapshots, language);
      return { text: `${say(language, 'snapshot_unknown', { name: rest })}\n\n${list}`, code: 'unknown_snapshot' };
    }
    const { id, name } = entry;
    const title = sayPlain(language, 'forget_title', { name });
    return { text: say(language, 'forget_question', { name }), confirm: { command: 'forget', title, argument: id } };
  },
  async confirmed({ rest, language }, { agent }) {
    await agent.request('snapshot.delete', { snapshot_id: rest });
    return { text: say(language, 'forget_done') };
  },
};
