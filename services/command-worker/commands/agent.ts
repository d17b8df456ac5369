import type { SessionId } from '../../../shared/ids/ids.ts';
import { say, sayPlain } from '../../../shared/texts/say.ts';
import { beginAnew } from '../agent/begin-anew.ts';
import { agentEntries, agentList, agentsOf, type RoomAgents, titleOf } from '../agent/offered-agents.ts';
import type { Command, CommandParts, Reply, RoomCall } from '../command.ts';
import { pickByName } from '../pick-by-name.ts';

/** `!agent [number or name]`: who answers in this room, and, after a yes, somebody else from now on. */
export const agentCommand: Command = {
  name: 'agent',
  where: 'room',
  async run(call, parts) {
    const { room, rest, language } = call;
    const agents = await agentsOf(parts.agent, room.sessionId);
    if (rest === '') return shown(agents, call);
    const { offered } = agents;
    const byName = offered.find(({ name }) => name === rest.toLowerCase());
    const wanted = byName?.name ?? pickByName(agentEntries(offered), rest)?.id;
    if (wanted !== undefined) return askFor(wanted, agents, call);
    const { text, list } = shown(agents, call);
    const unknown = say(language, 'agent_unknown', { name: rest });
    return { text: `${unknown} ${text}`, code: 'unknown_agent', ...(list && { list }) };
  },
  picked: async (call, { id }, { agent }) => askFor(id, await agentsOf(agent, call.room.sessionId), call),
  async confirmed(call, parts) {
    const [name = '', old] = call.rest.split(' ');
    await beginAnew(call, { old: old as SessionId, agent: name }, parts);
    return { text: say(call.language, 'agent_done', { agent: titleFor(name, parts) }) };
  },
};

function shown(agents: RoomAgents, { language }: RoomCall): Reply {
  const { here, offered } = agents;
  if (here !== null && offered.length < 2) return { text: say(language, 'agent_only', { agent: here }) };
  const now = here === null ? say(language, 'agent_gone') : say(language, 'agent_now', { agent: here });
  const text = `${now} ${say(language, 'agent_list')}\n\n${agentList(agents, language)}`;
  return { text, list: { kind: 'agent', entries: agentEntries(offered) } };
}

function askFor(wanted: string, { name: here, offered }: RoomAgents, { room, language }: RoomCall): Reply {
  const found = offered.find(({ name }) => name === wanted);
  if (!found) return { text: say(language, 'list_closed') };
  const agent = titleOf(found);
  if (wanted === here) return { text: say(language, 'agent_already', { agent }) };
  const title = sayPlain(language, 'agent_title', { agent });
  const argument = `${wanted} ${room.sessionId}`;
  return { text: say(language, 'agent_question', { agent }), confirm: { command: 'agent', title, argument } };
}

function titleFor(name: string, { agent }: CommandParts): string {
  const found = agent.welcome?.agents?.find((one) => one.name === name);
  return found ? titleOf(found) : name;
}
