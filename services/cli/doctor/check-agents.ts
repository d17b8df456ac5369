import { AgentRefusal } from '../../../shared/agent-protocol/agent-refusal.ts';
import { AgentConnection } from '../../../shared/agent-protocol/client.ts';
import type { OfferedAgent } from '../../../shared/agent-protocol/content.ts';
import { describe } from '../../../shared/errors/surfaces-error.ts';
import type { Look } from './check.ts';
import type { Finding } from './finding.ts';
import { ownContainer } from './own-container.ts';

const PATIENCE_MS = 5_000;
/** An agent may start a program to find out whether it answers. */
const CHECK_MS = 12_000;

/** Whether the agent host answers, which agents it offers, what they can, and whether what is behind them answers. */
export const lookAtAgents: Look<'AGENT_URL' | 'AGENT_TOKEN'> = async (env) => {
  const place = { url: env.AGENT_URL, token: env.AGENT_TOKEN };
  const agent = new AgentConnection({ ...place, name: 'doctor', patienceMs: PATIENCE_MS });
  try {
    await agent.request('session.list', {});
    const { agent: who, capabilities, agents } = agent.welcome!;
    const only = { name: [who.name, who.version].filter(Boolean).join(' '), capabilities };
    if (!agents) return [...(await look(agent, only))];
    const several = await Promise.all(agents.map((one) => look(agent, one, one.name)));
    return several.flat();
  } catch (error) {
    const remedy = `check AGENT_URL and AGENT_TOKEN, and the agent host’s log${ownContainer(env.AGENT_URL)}`;
    return [{ name: 'Agent', level: 'error', text: describe(error), remedy }];
  } finally {
    await agent.close();
  }
};

async function look(
  connection: AgentConnection,
  { name, title, capabilities }: OfferedAgent,
  asked?: string,
): Promise<Finding[]> {
  const able = Object.entries(capabilities).flatMap(([what, is]) => (is ? [what] : []));
  const text = `${title ? `${name}, “${title}”` : name} answers; it can: ${able.join(', ') || 'text only'}`;
  const found: Finding = { name: 'Agent', level: 'ok', text };
  try {
    const request = asked === undefined ? {} : { agent: asked };
    const { ok, text: behind } = await connection.request('agent.check', request, CHECK_MS);
    if (ok) return [{ ...found, text: `${text}; ${behind}` }];
    const remedy = 'docs/AGENTS.md says what each setting means; the agent host’s log says more';
    return [{ name: 'Agent', level: 'error', text: `${name}: ${behind}`, remedy }];
  } catch (error) {
    // Nothing behind it that could be asked, or a host that knows no such request.
    if (error instanceof AgentRefusal && error.protocolCode === 'unsupported') return [found];
    return [{ name: 'Agent', level: 'error', text: `${name}: ${describe(error)}` }];
  }
}
