import { textField } from '../../../../shared/config/json.ts';
import type { AcpSettings } from '../acp-settings.ts';
import type { AgentProcess } from '../process/agent-process.ts';
import { methods, RequestError } from '../sdk.ts';
import { isLoginMissing } from '../wire/request-failure.ts';
import { choiceOf } from '../wire/session-answer.ts';
import { chooseOptions } from './choose-options.ts';

export type Opened = {
  readonly id: string;
  /** The agent remembers; otherwise it begins. */
  readonly continued: boolean;
};

/**
 * Makes a process know a conversation: the one of this id, where it is given and the agent finds it again, else a new one. Mode
 * and model are set either way: agents begin every session, and some every load, with what they prefer.
 * @throws RequestError, `ProcessGone`, `Unanswered`; AgentFailure for a mode or a model that the agent does not have.
 */
export async function openSession(
  process: AgentProcess,
  settings: AcpSettings,
  workspace: string,
  known: string | undefined,
  requestMs: number,
): Promise<Opened> {
  const place = { cwd: workspace, mcpServers: settings.mcpServers ?? [] };
  const again = known === undefined ? undefined : await loadSession(process, { sessionId: known, ...place }, requestMs);
  const answer = again ?? (await process.request(methods.agent.session.new, place, requestMs));
  const id = again ? known! : textField(answer, 'sessionId');
  if (!id) throw new RequestError(-32603, 'the agent opened a session and did not name it');
  process.modes = choiceOf(answer, 'mode')?.values ?? process.modes;
  await chooseOptions(process, id, answer, settings, requestMs);
  return { id, continued: again !== undefined };
}

/** @returns undefined where the agent cannot, or does not find it: then there are three codes for that, and more to come. */
async function loadSession(process: AgentProcess, params: unknown, requestMs: number): Promise<unknown> {
  const { load, resume } = process.abilities;
  const { session } = methods.agent;
  const method = load ? session.load : resume ? session.resume : undefined;
  if (!method) return undefined;
  try {
    return (await process.request(method, params, requestMs)) ?? {};
  } catch (error) {
    if (!(error instanceof RequestError) || isLoginMissing(error)) throw error;
    return undefined;
  }
}
