import { AgentConnection } from '../../shared/agent-protocol/client.ts';
import { describe } from '../../shared/errors/surfaces-error.ts';

const PATIENCE_MS = 5_000;

/** Why an agent host does not do what it is there for, in words; undefined where it answers. */
export async function agentProblem({
  url,
  token,
}: {
  readonly url: string;
  readonly token: string;
}): Promise<string | undefined> {
  const agent = new AgentConnection({ url, token, name: 'supervisor', patienceMs: PATIENCE_MS });
  try {
    await agent.request('session.list', {});
    return undefined;
  } catch (error) {
    return describe(error);
  } finally {
    await agent.close();
  }
}
