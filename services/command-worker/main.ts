import { AgentConnection } from '../../shared/agent-protocol/client.ts';
import { adoptRoom } from '../../shared/delivery/adopt-room.ts';
import { openWorkerParts, serveLanes, WORKER_NEEDS, WORKER_VARIABLES } from '../../shared/delivery/lane-worker.ts';
import { codeOf } from '../../shared/errors/surfaces-error.ts';
import { enqueue } from '../../shared/lane/enqueue.ts';
import { nudge } from '../../shared/lane/nudge.ts';
import { stopLane } from '../../shared/lane/stop.ts';
import { runRole } from '../../shared/runtime/role.ts';
import { COMMAND_LIST } from './command-list.ts';
import { setUpProfile } from './profile.ts';
import { type ItemDeps, runItem } from './run-item.ts';

/** A person waits for the reply: an agent that is away is said to be so soon. */
const AGENT_PATIENCE_MS = 8_000;

await runRole({
  name: 'command-worker',
  variables: [
    ...WORKER_VARIABLES,
    'AGENT_URL',
    'AGENT_TOKEN',
    'SURFACES_CONFIRM_TTL',
    'SURFACES_LIST_TTL',
    'SURFACES_LIMIT_ROOMS',
    'SURFACES_BOT_NAME',
    'SURFACES_BOT_AVATAR',
  ],
  needs: WORKER_NEEDS,
  async start(context) {
    const { env, log, onStop } = context;
    const opened = await openWorkerParts(context, 'command-worker');
    const { parts, wakes } = opened;
    const { database, publishControl } = parts;
    const agent = new AgentConnection({
      url: env.AGENT_URL,
      token: env.AGENT_TOKEN,
      name: env.SURFACES_INSTANCE,
      log,
      patienceMs: AGENT_PATIENCE_MS,
    });
    onStop('agent', () => agent.close());
    // The homeserver has just said who the bot is: that it goes away before the upload is rare, and no Space waits for it.
    const profile = { name: env.SURFACES_BOT_NAME, avatar: env.SURFACES_BOT_AVATAR };
    const picture = await setUpProfile(profile, parts).catch((error: unknown) => {
      if (codeOf(error) === 'config_invalid') throw error;
      log.warn(
        { err: error, code: codeOf(error) },
        'the bot’s name and picture were not set; the next start tries again',
      );
      return undefined;
    });
    const deps: ItemDeps = {
      ...parts,
      agent,
      spaceAvatar: () => picture,
      commands: COMMAND_LIST,
      limits: {
        rooms: env.SURFACES_LIMIT_ROOMS,
        confirmMs: env.SURFACES_CONFIRM_TTL,
        listMs: env.SURFACES_LIST_TTL,
      },
      stopWork: (stop) => stopLane(database.run, stop, { publish: publishControl, wake: wakes.wake }),
      nudge: async (lane) => {
        const queue = await nudge(database.run, lane);
        if (queue) await wakes.wake(lane, queue);
      },
      enqueue: async ({ key, lane, position, body }) => {
        await enqueue(database.run, { key, lane, position, queue: 'commands', body });
        await wakes.wake(lane, 'commands');
      },
      adopt: (room) => adoptRoom(room, parts),
      allow: env.SURFACES_ALLOW,
      log,
    };
    serveLanes(context, opened, 'commands', (item) => runItem(item, deps));
  },
});
