import { say } from '../../../shared/texts/say.ts';
import { snapshotList, snapshotsOf } from '../agent/snapshots.ts';
import type { Command } from '../command.ts';

/** `!snapshots`: what a person has saved. */
export const snapshotsCommand: Command = {
  name: 'snapshots',
  where: 'anywhere',
  async run({ person, language }, { agent }) {
    const snapshots = await snapshotsOf(agent, person);
    if (snapshots.length === 0) return { text: say(language, 'snapshots_none') };
    return { text: `${snapshotList('snapshots_list', snapshots, language)}\n\n${say(language, 'snapshots_hint')}` };
  },
};
