import type { Log } from '../../../shared/runtime/log.ts';
import type { Adapter } from '../adapter.ts';
import type { AcpSettings } from './acp-settings.ts';
import { checkAgent } from './check-agent.ts';
import { readConversation } from './conversation/conversation.ts';
import { PATIENCE } from './process/patience.ts';
import { ProcessPool } from './process/process-pool.ts';
import { secretsOf } from './process/secrets.ts';
import { closeSession } from './session/close-session.ts';
import { copySession } from './session/copy-session.ts';
import { Rooms } from './session/room.ts';
import { AcpTurn } from './turn/acp-turn.ts';

export type { AcpSettings } from './acp-settings.ts';

/**
 * An agent that speaks the Agent Client Protocol over stdio: Claude Code, Codex, Gemini, Goose, OpenCode, Qwen Code and others.
 * Its processes are started when they are needed; no promise of the adapter is about one that is there.
 * @throws TypeError for settings that cannot work.
 */
export function acpAdapter(settings: AcpSettings, { log }: { readonly log: Log }): Adapter {
  if (!settings.command[0]) throw new TypeError('the command of the agent is empty');
  if (!settings.home.startsWith('/')) throw new TypeError('the home of the agent has to be an absolute path');
  const patience = { ...PATIENCE, ...settings.patience };
  const withoutSecrets = secretsOf(settings.env, settings.mcpServers);
  const rooms = new Rooms();
  const pool = new ProcessPool(settings, { log, patience, withoutSecrets, onEnded: (process) => rooms.empty(process) });
  const parts = { settings, patience, pool, log, withoutSecrets };
  return {
    kind: 'acp',
    agent: {
      name: settings.name,
      // Read at each handshake: known from the first process on.
      get version() {
        return pool.abilities?.version;
      },
    },
    capabilities: { snapshots: true, permissions: true, files: true, images: true, context: true },
    runTurn: (turn) => new AcpTurn(parts, rooms.of(turn.sessionId), turn).run(),
    contextOf: (conversation) => {
      const { context } = readConversation(conversation);
      return { ...(context && { context }), categories: 'not_reported' };
    },
    copyConversation: (from) => copySession(parts, rooms.find(from.sessionId), from),
    release: (sessionId) => closeSession(parts, rooms, sessionId),
    check: () => checkAgent(pool, withoutSecrets),
    stop: () => pool.stop(),
  };
}
