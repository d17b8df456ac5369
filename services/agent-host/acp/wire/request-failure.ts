import { field, textField } from '../../../../shared/config/json.ts';
import type { Log } from '../../../../shared/runtime/log.ts';
import { AgentFailure } from '../../adapter.ts';
import { cutText } from '../conversation/cut-text.ts';
import { type EndReason, ProcessGone, Unanswered } from '../process/agent-process.ts';
import { RequestError } from '../sdk.ts';

/** `auth_required` of the protocol. */
const LOGIN_MISSING = -32000;
/** Characters of an agent's own words. */
const LONGEST = 500;

const GONE: Partial<Record<EndReason, string>> = {
  memory: 'The agent was stopped because it took too much memory.',
  stuck: 'The agent did not answer any more and was stopped.',
  oversized: 'The agent sent more at once than can be read, and was stopped.',
  stopped: 'The agent host was stopped while the agent was answering.',
};

export function isLoginMissing(error: unknown): boolean {
  return error instanceof RequestError && error.code === LOGIN_MISSING;
}

/**
 * What went wrong between us and the agent, for the person; the operator’s part goes to the log.
 * @returns AgentFailure, or what it was given for what is none of the agent's.
 */
export function failureOf(
  error: unknown,
  { command, log, withoutSecrets }: { command: readonly string[]; log: Log; withoutSecrets: (text: string) => string },
): unknown {
  if (error instanceof ProcessGone)
    return new AgentFailure('agent_crashed', GONE[error.reason] ?? 'The agent broke down while it was answering.');
  if (error instanceof Unanswered) {
    log.warn({ problem: error.message }, 'the agent does not answer');
    return new AgentFailure('agent_unavailable', 'The agent does not answer.');
  }
  if (!(error instanceof RequestError)) return error;
  const said = withoutSecrets(wordsOf(error));
  if (isLoginMissing(error)) {
    const what = `the agent is not logged in: run ${command[0]} once in its HOME and log in, or give it a key`;
    log.error({ problem: said }, what);
    return new AgentFailure('agent_unavailable', 'The agent is not logged in. Its operator has to log it in.');
  }
  log.warn({ code: error.code, problem: said }, 'the agent answered with an error');
  return new AgentFailure('internal', `The agent failed: ${said}`);
}

/** “Internal error” is what SDKs say; what it was stands in `data`. */
function wordsOf({ message, data }: RequestError): string {
  const details =
    textField(data, 'details') ?? textField(data, 'message') ?? textField(field(data, 'error'), 'message');
  const words = details && !message.includes(details) ? `${message}: ${details}` : message;
  return cutText(words.replaceAll(/\s+/g, ' ').trim(), LONGEST);
}
