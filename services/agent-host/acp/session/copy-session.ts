import { textField } from '../../../../shared/config/json.ts';
import { describe } from '../../../../shared/errors/surfaces-error.ts';
import type { CopiedConversation, KeptConversation } from '../../adapter.ts';
import { type Conversation, readConversation } from '../conversation/conversation.ts';
import type { AcpParts } from '../turn/acp-turn.ts';
import type { Room } from './room.ts';

/** Not stable in the protocol yet, so the SDK has no name for it. */
const FORK = 'session/fork';

/** A copy of the agent's own, where it makes them and finds the conversation; else what was said, as text. */
export async function copySession(
  parts: AcpParts,
  room: Room | undefined,
  { conversation, workspace }: KeptConversation,
): Promise<CopiedConversation> {
  if (conversation === undefined) return { conversation };
  const kept = readConversation(conversation);
  const acpSession = await fork(parts, room, kept, workspace);
  if (acpSession) return { conversation: { ...kept, acpSession } };
  const { acpSession: _, ...said } = kept;
  return { conversation: said, lossy: true };
}

async function fork(
  { pool, patience, settings, log, withoutSecrets }: AcpParts,
  room: Room | undefined,
  { acpSession }: Conversation,
  workspace: string,
): Promise<string | undefined> {
  // No process is started for an agent of which it is known that it cannot.
  if (acpSession === undefined || pool.abilities?.fork === false) return undefined;
  try {
    return await pool.lend(AbortSignal.timeout(patience.placeMs), room?.process, async (process) => {
      if (!process.abilities.fork) return undefined;
      const params = { sessionId: acpSession, cwd: workspace, mcpServers: settings.mcpServers ?? [] };
      return textField(await process.request(FORK, params, patience.requestMs), 'sessionId');
    });
  } catch (error) {
    const problem = withoutSecrets(describe(error));
    log.info({ problem }, 'the agent does not copy a conversation; what was said is copied instead');
    return undefined;
  }
}
