import { AgentConnection } from '../../shared/agent-protocol/client.ts';
import { adoptRoom } from '../../shared/delivery/adopt-room.ts';
import { openWorkerParts, serveLanes, WORKER_NEEDS, WORKER_VARIABLES } from '../../shared/delivery/lane-worker.ts';
import { enqueue } from '../../shared/lane/enqueue.ts';
import { fillPlace } from '../../shared/lane/kept-place.ts';
import { stopLane } from '../../shared/lane/stop.ts';
import { openAdmission } from '../../shared/limits/admission.ts';
import { LIMIT_NAMES, limitsOf } from '../../shared/limits/limits.ts';
import { runRole } from '../../shared/runtime/role.ts';
import { COMMAND_LIST } from './command-list.ts';
import type { CommandDeps } from './run-command.ts';
import { runItem } from './run-item.ts';

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
    ...LIMIT_NAMES,
    'AGENTS_DIR',
    'SURFACES_QUOTA_ROOM_BYTES',
    'SURFACES_QUOTA_PERSON_BYTES',
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
    const limits = limitsOf(env);
    const deps: Omit<CommandDeps, 'signal'> = {
      ...parts,
      agent,
      commands: COMMAND_LIST,
      limits: {
        rooms: env.SURFACES_LIMIT_ROOMS,
        roomBytes: env.SURFACES_QUOTA_ROOM_BYTES,
        personBytes: env.SURFACES_QUOTA_PERSON_BYTES,
        people: limits,
        confirmMs: env.SURFACES_CONFIRM_TTL,
        listMs: env.SURFACES_LIST_TTL,
      },
      agentsDir: env.AGENTS_DIR,
      wake: wakes.wake,
      stopWork: (stop) => stopLane(database.run, stop, { publish: publishControl, wake: wakes.wake }),
      enqueue: async ({ key, lane, position, body }) => {
        if (!(await fillPlace(database.run, key, body)))
          await enqueue(database.run, { key, lane, position, queue: 'commands', body });
        await wakes.wake(lane, 'commands');
      },
      adopt: (room) => adoptRoom(room, parts),
      allow: env.SURFACES_ALLOW,
      admission: openAdmission(limits, { redis: wakes.redis, namespace: env.SURFACES_NAMESPACE, database, log }),
      log,
    };
    serveLanes(context, opened, 'commands', (item, its) => runItem(item, its, { ...deps, signal: its.signal }));
  },
});
