import { AgentConnection } from '../../../shared/agent-protocol/client.ts';
import { readEnv } from '../../../shared/config/read-env.ts';
import type { Evidence } from '../../../shared/diagnosis/evidence.ts';
import { gatherRecord } from '../../../shared/diagnosis/gather-record.ts';
import { gatherWorkers, type WorkerEvidence } from '../../../shared/diagnosis/gather-workers.ts';
import { describe } from '../../../shared/errors/surfaces-error.ts';
import type { RoomId } from '../../../shared/ids/ids.ts';
import { whoami } from '../../../shared/matrix/account.ts';
import { createMatrixHttp } from '../../../shared/matrix/http.ts';
import { stateContent } from '../../../shared/matrix/rooms.ts';
import { openRedis, untilUp } from '../../../shared/queue/redis.ts';
import { createLog } from '../../../shared/runtime/log.ts';
import type { KnownRoom } from '../../../shared/store/known-rooms.ts';
import type { Database } from '../../../shared/store/postgres.ts';
import { withDeadline } from '../../../shared/time/time.ts';

/** What does not answer within this time is taken as away; the rest is told all the same. */
const PATIENCE_MS = 3_000;

/** Looks at everything that a room’s silence may come of. Only the database has to be there. */
export async function gather(database: Database, room: KnownRoom, environment: NodeJS.ProcessEnv): Promise<Evidence> {
  const around = Promise.all([
    workersOf(environment),
    agentProblemOf(environment),
    isMember(environment, room.roomId).catch(() => null),
  ]);
  const recorded = await gatherRecord(database, room);
  const [workers, agentProblem, member] = await around;
  return { ...recorded, ...workers, agentProblem, member };
}

async function workersOf(environment: NodeJS.ProcessEnv): Promise<WorkerEvidence> {
  try {
    const env = readEnv(environment, ['REDIS_URL', 'SURFACES_NAMESPACE']);
    const redis = openRedis(env.REDIS_URL, 'producer', createLog('silent', {}));
    try {
      await untilUp(redis, PATIENCE_MS);
      return await gatherWorkers(redis, env.SURFACES_NAMESPACE);
    } finally {
      redis.disconnect();
    }
  } catch {
    return { redis: false, workers: null };
  }
}

async function agentProblemOf(environment: NodeJS.ProcessEnv): Promise<string | undefined> {
  let agent: AgentConnection | undefined;
  try {
    const env = readEnv(environment, ['AGENT_URL', 'AGENT_TOKEN']);
    agent = new AgentConnection({
      url: env.AGENT_URL,
      token: env.AGENT_TOKEN,
      name: 'surfaces lane',
      patienceMs: PATIENCE_MS,
    });
    await agent.request('session.list', {});
    return undefined;
  } catch (error) {
    return describe(error);
  } finally {
    await agent?.close();
  }
}

async function isMember(environment: NodeJS.ProcessEnv, room: RoomId): Promise<boolean> {
  const env = readEnv(environment, ['MATRIX_HOMESERVER_URL', 'MATRIX_ACCESS_TOKEN']);
  const http = createMatrixHttp({ baseUrl: env.MATRIX_HOMESERVER_URL, accessToken: env.MATRIX_ACCESS_TOKEN });
  const ask = async () => {
    const { userId } = await whoami(http);
    return (await stateContent(http, room, 'm.room.member', userId))?.membership === 'join';
  };
  try {
    const asked = ask();
    asked.catch(() => {});
    return await withDeadline(asked, PATIENCE_MS, () => new Error('no answer'));
  } finally {
    await http.close();
  }
}
