import { readEnv } from '../../../shared/config/read-env.ts';
import type { Log } from '../../../shared/runtime/log.ts';
import type { NamedAgent } from '../agents.ts';
import { definitionOfEnvironment } from './definition-of-environment.ts';
import { makeAdapter } from './make-adapter.ts';
import { readAgents } from './read-agents.ts';

/**
 * The agents that the environment describes, the default first: those of `AGENTS`, else the one that `AGENT` names.
 * @param parts the volume that client and host share.
 * @throws SurfacesError `config_invalid` with everything that is wrong.
 */
export async function configuredAgents(
  environment: NodeJS.ProcessEnv,
  parts: { readonly volume: string; readonly log: Log },
): Promise<NamedAgent[]> {
  const { AGENTS, SURFACES_AGENT_IDLE_TIMEOUT } = readEnv(environment, ['AGENTS', 'SURFACES_AGENT_IDLE_TIMEOUT']);
  const definitions = AGENTS === '' ? [definitionOfEnvironment(environment)] : readAgents(AGENTS, environment);
  const making = definitions.map(async ({ name, definition }): Promise<NamedAgent> => {
    const adapter = await makeAdapter({ name, definition }, { ...parts, idleTimeoutMs: SURFACES_AGENT_IDLE_TIMEOUT });
    return { name, description: definition.description, adapter };
  });
  return Promise.all(making);
}

/** At the start the operator is told whether what is behind each agent answers. Turns are tried all the same. */
export async function sayWhatAnswers(agents: readonly NamedAgent[], log: Log): Promise<void> {
  const asked = agents.map(async ({ name, adapter }) => {
    const checked = await adapter.check?.();
    if (checked?.ok) log.info({ agent: name }, `the agent answers: ${checked.detail}`);
    else if (checked) log.warn({ agent: name }, `the agent does not answer: ${checked.problem}`);
  });
  await Promise.all(asked);
}
