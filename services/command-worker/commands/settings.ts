import { AgentRefusal } from '../../../shared/agent-protocol/agent-refusal.ts';
import { PROTOCOL } from '../../../shared/agent-protocol/protocol.ts';
import { spaceUsed } from '../../../shared/delivery/space-used.ts';
import { VERSION } from '../../../shared/runtime/version.ts';
import { allowancesOf } from '../../../shared/store/allowances.ts';
import { chatsOf } from '../../../shared/store/rooms.ts';
import type { Language } from '../../../shared/texts/detect-language.ts';
import { bytes } from '../../../shared/texts/formats.ts';
import { say, type TextKey } from '../../../shared/texts/say.ts';
import { askSession } from '../agent/ask-session.ts';
import { contextLine } from '../agent/context-lines.ts';
import { agentsOf } from '../agent/offered-agents.ts';
import type { Command, CommandCall, CommandParts, RoomCall } from '../command.ts';
import { limitsLine } from '../limits-line.ts';
import { roomName } from '../rooms/listed.ts';

/** What is in force here, a line each, so that it reads on a phone. Nothing is changed by it. */
export const settingsCommand: Command = {
  name: 'settings',
  where: 'anywhere',
  by: 'guests',
  async run(call, parts) {
    const { database, limits } = parts;
    const { language, person, speaks } = call;
    const context = await contextOf(call, parts);
    const rooms = (await chatsOf(database, person)).filter(({ state }) => state === 'active').length;
    const lines = [
      context === null ? say(language, 'settings_agent_away', { agent: hostOf(parts) }) : await agentOf(call, parts),
      ...(await aboutRoom(call, parts)),
      ...(context ? [context] : []),
      say(language, 'settings_rooms', { rooms, limit: limits.rooms }),
      say(language, 'settings_limits', { limits: await limitsLine(call, parts) }),
      say(language, 'settings_language', { language: say(language, `language_${speaks.language}`) }),
      say(language, 'settings_version', { version: VERSION, protocol: PROTOCOL }),
    ];
    return { text: `${say(language, 'settings_title')}\n\n${lines.map((line) => `- ${line}`).join('\n')}` };
  },
};

/** The agent that answers here, or the one that rooms have which chose none. */
async function agentOf({ room, language }: CommandCall, parts: CommandParts): Promise<string> {
  if (!room?.sessionId || !parts.agent.welcome?.agents)
    return say(language, 'settings_agent', { agent: hostOf(parts) });
  const { here } = await agentsOf(parts.agent, room.sessionId);
  return here === null ? say(language, 'agent_gone') : say(language, 'settings_agent', { agent: here });
}

function hostOf({ agent: { welcome } }: CommandParts): string {
  return welcome ? [welcome.agent.name, welcome.agent.version].filter(Boolean).join(' ') : '?';
}

/** A line about the context; empty where the agent answers and has nothing to tell, null where it does not answer. */
async function contextOf({ room, language }: CommandCall, { agent }: CommandParts): Promise<string | null> {
  try {
    if (!room?.sessionId) {
      await agent.request('session.list', {});
      return '';
    }
    const line = contextLine(await askSession(agent, 'context.get', room.sessionId, {}), language);
    return line === null ? '' : say(language, 'settings_context', { context: line });
  } catch (error) {
    return error instanceof AgentRefusal && error.protocolCode === 'unknown_agent' ? '' : null;
  }
}

async function aboutRoom({ room, guests, person, language }: CommandCall, parts: CommandParts): Promise<string[]> {
  const { database } = parts;
  if (room?.kind !== 'chat' || room.sessionId === null) return [];
  const state: TextKey = room.state === 'archived' ? 'room_archived' : 'room_active';
  const allowed = await allowancesOf(database, room.roomId, person);
  const titles = allowed.map(({ title }) => title).join(', ');
  return [
    say(language, 'settings_room', { name: roomName(room, language), state: say(language, state) }),
    say(language, 'settings_session', { session: room.sessionId }),
    say(language, 'settings_saved', { saved: say(language, room.unsaved ? 'context_unsaved' : 'context_saved') }),
    ...(await filesOf({ ...room, sessionId: room.sessionId }, language, parts)),
    ...(guests.length === 0 ? [] : [say(language, 'settings_people', { people: guests.join(', ') })]),
    titles === '' ? say(language, 'settings_allowed_none') : say(language, 'settings_allowed', { titles }),
  ];
}

/** What files take and may take; empty where the volume cannot be looked at. */
async function filesOf(room: RoomCall['room'], language: Language, parts: CommandParts): Promise<string[]> {
  const { roomBytes, personBytes } = parts.limits;
  try {
    const { here, everywhere } = await spaceUsed(room, parts);
    const [used, limit] = [bytes(language, here), bytes(language, roomBytes)];
    const [all, all_limit] = [bytes(language, everywhere), bytes(language, personBytes)];
    return [say(language, 'settings_files', { used, limit, all, all_limit })];
  } catch (error) {
    parts.log.warn({ err: error, room: room.roomId }, 'the files of a room could not be counted');
    return [];
  }
}
