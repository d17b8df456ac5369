import { type Check, check } from './check.ts';
import { lookAtAgents } from './check-agents.ts';
import { nodeFindings } from './check-node.ts';
import { lookAtPostgres } from './check-postgres.ts';
import { lookAtRedis } from './check-redis.ts';
import { settingFindings } from './check-settings.ts';
import { lookAtVolume } from './check-volume.ts';
import { lookAtHomeserver } from './homeserver/look-at-homeserver.ts';

/** Behind a limit, the probe’s own room is left only after some waits. */
const HOMESERVER_MS = 45_000;
/** An agent may start a program to find out whether it answers. */
const AGENTS_MS = 25_000;

/** In the order in which things stand on one another. */
export const CHECKS: readonly Check[] = [
  check('Node', [], async (_, { SURFACES_ENV }) => nodeFindings(process.versions.node, SURFACES_ENV === 'production')),
  check('Settings', [], async (_, environment) => settingFindings(environment)),
  check('Postgres', ['DATABASE_URL', 'SURFACES_NAMESPACE'], lookAtPostgres),
  check('Redis', ['REDIS_URL', 'SURFACES_ENV'], lookAtRedis),
  check(
    'Homeserver',
    ['MATRIX_HOMESERVER_URL', 'MATRIX_ACCESS_TOKEN', 'SURFACES_MAX_FILE_BYTES', 'SURFACES_ENV'],
    lookAtHomeserver,
    HOMESERVER_MS,
  ),
  check('Agent', ['AGENT_URL', 'AGENT_TOKEN'], lookAtAgents, AGENTS_MS),
  check('Volume', ['AGENTS_DIR', 'SURFACES_MAX_FILE_BYTES', 'SURFACES_ENV'], lookAtVolume),
];
