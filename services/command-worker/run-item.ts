import { workOf } from '../../shared/delivery/work.ts';
import type { LaneItem, Send } from '../../shared/lane/lane.ts';
import type { RunContext } from '../../shared/lane/run-lane.ts';
import { COMMANDS } from '../../shared/matrix/command-placement.ts';
import type { WorkItem } from '../../shared/matrix/work-item.ts';
import { bindToWork } from '../../shared/runtime/work.ts';
import { roomChanged } from './happenings/changed.ts';
import { messageEdited } from './happenings/edited.ts';
import { encryptedMessage } from './happenings/encrypted.ts';
import { questionExpired } from './happenings/expired.ts';
import { memberGone } from './happenings/member-gone.ts';
import { refusedInFlood } from './happenings/refused-in-flood.ts';
import { mend } from './mend/mend.ts';
import { neverBegun } from './never-begun.ts';
import { welcome } from './onboarding/welcome.ts';
import { type CommandDeps, runCommand, runConfirmed, runPick } from './run-command.ts';

/** One item of the `commands` queue, by its type. */
export async function runItem(item: LaneItem<WorkItem>, context: RunContext, deps: CommandDeps): Promise<Send[]> {
  const work = workOf(item);
  if (work.type === 'message' && item.lane.startsWith('flood/')) return refusedInFlood(item, work, deps);
  const dropped = await neverBegun(item, work, context, deps.database);
  if (dropped) return dropped;
  switch (work.type) {
    case 'command':
      bindToWork({ command: isKnown(work.name) ? work.name : 'unknown' });
      return runCommand(item, work, deps);
    case 'confirmed':
      return runConfirmed(item, work, deps);
    case 'message':
      return runPick(item, work, deps);
    case 'invite':
      return welcome(work, deps);
    case 'expired':
      return questionExpired(work, deps);
    case 'edited':
      return messageEdited(work, deps);
    case 'changed':
      return roomChanged(work, deps);
    case 'membership':
      return memberGone(item, work, deps);
    case 'mend':
      return mend(item, work, deps);
    case 'upload':
      // Of another queue, and of a lane in which nothing else stands.
      return [];
    case 'encrypted':
      return encryptedMessage(work, deps);
  }
}

/** What follows the `!` of any other is what a person wrote. */
function isKnown(name: string): boolean {
  return Object.hasOwn(COMMANDS, name);
}
