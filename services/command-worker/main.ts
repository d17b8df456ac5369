import { adoptRoom } from '../../shared/delivery/adopt-room.ts';
import { openWorkerParts, serveLanes, WORKER_NEEDS, WORKER_VARIABLES } from '../../shared/delivery/lane-worker.ts';
import { stopLane } from '../../shared/lane/stop.ts';
import { runRole } from '../../shared/runtime/role.ts';
import type { Command } from './command.ts';
import { helpCommand } from './commands/help.ts';
import { stopCommand } from './commands/stop.ts';
import { runItem } from './run-item.ts';

await runRole({
  name: 'command-worker',
  variables: WORKER_VARIABLES,
  needs: WORKER_NEEDS,
  async start(context) {
    const { env, log } = context;
    const opened = await openWorkerParts(context, 'command-worker');
    const { parts } = opened;
    const { database, publishControl } = parts;
    const commands: readonly Command[] = [
      helpCommand(() => commands),
      stopCommand((stop) => stopLane(database.run, stop, publishControl)),
    ];
    const deps = {
      ...parts,
      commands,
      adopt: (room: Parameters<typeof adoptRoom>[0]) => adoptRoom(room, parts),
      allow: env.SURFACES_ALLOW,
      log,
    };
    serveLanes(context, opened, 'commands', (item) => runItem(item, deps));
  },
});
