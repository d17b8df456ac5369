import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileName, HostFolder } from '../services/agent-host/host-folder.ts';
import { opId } from '../shared/ids/ids.ts';

/** When the agent had said its last word to a question, in ms of `performance.now()`: the last write to its turn's log, a few ms later. */
export function agentEnd(agentsDir: string, eventId: string): number {
  const { sessions } = new HostFolder(agentsDir);
  const log = join('turns', `${fileName(opId('turn', eventId))}.jsonl`);
  const found = readdirSync(sessions)
    .map((session) => statSync(join(sessions, session, log), { throwIfNoEntry: false }))
    .find((stat) => stat !== undefined);
  if (!found) throw new Error(`the agent host has no log of the turn of ${eventId}`);
  return found.mtimeMs - performance.timeOrigin;
}
