import { languageFor } from '../../shared/delivery/language.ts';
import { saying, toSends } from '../../shared/delivery/utterances.ts';
import { workOf } from '../../shared/delivery/work.ts';
import type { LaneItem, Send } from '../../shared/lane/lane.ts';
import type { WorkItem } from '../../shared/matrix/work-item.ts';
import { say } from '../../shared/texts/say.ts';
import { type WelcomeDeps, welcome } from './onboarding/welcome.ts';
import { type CommandDeps, runCommand } from './run-command.ts';

/** One item of the `commands` queue, by its type. */
export async function runItem(item: LaneItem<WorkItem>, deps: CommandDeps & WelcomeDeps): Promise<Send[]> {
  const work = workOf(item);
  switch (work.type) {
    case 'command':
      return runCommand(item, work, deps);
    case 'invite':
      return welcome(work, deps);
    case 'encrypted':
      return toSends([saying('notice', work, say(languageFor('auto', ''), 'encrypted'), 'encrypted')]);
    case 'membership':
      deps.log.info({ room: work.room, by: work.sender, membership: work.membership }, 'the bot was put out of a room');
      return [];
    case 'message':
      // Messages have their own queue; one that stands here by its item's origin is nothing that a command could do.
      return [];
  }
}
