import { AgentConnection } from '../../shared/agent-protocol/client.ts';
import { adoptRoom } from '../../shared/delivery/adopt-room.ts';
import { openWorkerParts, serveLanes, WORKER_NEEDS, WORKER_VARIABLES } from '../../shared/delivery/lane-worker.ts';
import { matrixChat } from '../../shared/delivery/matrix-chat.ts';
import { sayUtterance } from '../../shared/delivery/say-utterance.ts';
import { openAdmission } from '../../shared/limits/admission.ts';
import { LIMIT_NAMES, limitsOf } from '../../shared/limits/limits.ts';
import { runRole } from '../../shared/runtime/role.ts';
import { lastLoad } from '../../shared/store/last-load.ts';
import { namesOf } from './addressed.ts';
import { Outage } from './outage.ts';
import { runTurn } from './run-turn.ts';
import { saidInstead } from './said-instead.ts';

await runRole({
  name: 'turn-worker',
  variables: [
    ...WORKER_VARIABLES,
    'AGENT_URL',
    'AGENT_TOKEN',
    'SURFACES_AGENT_IDLE_TIMEOUT',
    'SURFACES_AGENT_PATIENCE',
    'SURFACES_PERMISSION_TTL',
    'SURFACES_LOG_CONTENT',
    'SURFACES_BOT_NAME',
    ...LIMIT_NAMES,
  ],
  needs: WORKER_NEEDS,
  async start(context) {
    const { env, log, onStop } = context;
    if (env.SURFACES_LOG_CONTENT)
      log.warn('SURFACES_LOG_CONTENT is on: the beginning of each question and answer stands in this log');
    const opened = await openWorkerParts(context, 'turn-worker');
    const { parts, wakes } = opened;
    const agent = new AgentConnection({ url: env.AGENT_URL, token: env.AGENT_TOKEN, name: env.SURFACES_INSTANCE, log });
    onStop('agent', () => agent.close());
    const admission = openAdmission(limitsOf(env), {
      redis: wakes.redis,
      namespace: env.SURFACES_NAMESPACE,
      database: parts.database,
      log,
    });
    // Once is enough: nothing is restored while a role runs.
    const restoredMs = (await lastLoad(parts.database))?.atMs ?? 0;
    const outage = new Outage();
    const names = namesOf(parts.self, env.SURFACES_BOT_NAME);
    serveLanes(context, opened, 'turns', async (item, run) => {
      const instead = await saidInstead(item, parts.database);
      if (instead) return instead;
      return runTurn(item, run, {
        database: parts.database,
        http: parts.http,
        self: parts.self,
        instance: env.SURFACES_INSTANCE,
        names,
        agent,
        chat: (room) => matrixChat(room, parts),
        say: (utterance, signal) => sayUtterance(utterance, { ageMs: 0, signal }, parts),
        wake: wakes.wake,
        adopt: (room) => adoptRoom(room, parts),
        allow: env.SURFACES_ALLOW,
        admission,
        nudge: parts.nudge,
        idleTimeoutMs: env.SURFACES_AGENT_IDLE_TIMEOUT,
        patienceMs: env.SURFACES_AGENT_PATIENCE,
        outage,
        permissionMs: env.SURFACES_PERMISSION_TTL,
        restoredMs,
        logContent: env.SURFACES_LOG_CONTENT,
        log,
      });
    });
  },
});
