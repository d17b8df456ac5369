import { record } from '../../../shared/config/json.ts';
import type { Tool, ToolCall } from '../tools/tool.ts';
import { untilAborted } from '../until-aborted.ts';
import { CallClock } from './call-clock.ts';
import { explainTrouble, httpStatus, isAnswer } from './explain-trouble.ts';
import type { OfferedTool } from './offered-tools.ts';
import { resultText } from './result-text.ts';
import type { ServerLink } from './server-link.ts';
import type { Session } from './session.ts';
import { shortArguments, wholeArguments } from './show-arguments.ts';

const USUAL_TIMEOUT_MS = 60_000;
/** Of the arguments in a title. */
const SIGHT = 120;

/** A tool of an MCP server as a model is offered it. */
export function mcpTool(
  { name, serverName, shownName, description, parameters, isAsked }: OfferedTool,
  link: ServerLink,
): Tool {
  const { withoutSecrets } = link;
  return {
    name,
    description,
    parameters,
    title(args) {
      const sight = withoutSecrets(shortArguments(args, Number.MAX_SAFE_INTEGER));
      return `${shownName} of ${link.name}${sight && `: ${shortened(sight)}`}`;
    },
    permission(args) {
      const whole = wholeArguments(args);
      return isAsked && whole !== undefined ? `use ${shownName} of ${link.name} with ${withoutSecrets(whole)}` : null;
    },
    async run({ arguments: args, signal }) {
      signal.throwIfAborted();
      const given = record(args);
      if (given === undefined || wholeArguments(args) === undefined)
        return `The arguments are wrong. They have to be a JSON object. Correct them and call ${name} again.`;
      return await callTool(link, serverName, given, signal);
    },
  };
}

function shortened(sight: string): string {
  return sight.length > SIGHT ? `${sight.slice(0, SIGHT - 1).toWellFormed()}…` : sight;
}

async function callTool(
  link: ServerLink,
  tool: string,
  args: Readonly<Record<string, unknown>>,
  signal: ToolCall['signal'],
): Promise<string> {
  const eachMs = link.server.timeoutMs ?? USUAL_TIMEOUT_MS;
  using clock = new CallClock(signal, eachMs, link.pace.longestCallMs);
  const ask = (from: Session) => from.call(tool, args, { signal: clock.signal, onProgress: () => clock.wind() });
  let session: Session | undefined;
  try {
    session = await untilAborted(link.session(), clock.signal);
    let result: unknown;
    try {
      result = await ask(session);
    } catch (error) {
      if (httpStatus(error) !== 404 || !session.hasHttpSession) throw error;
      // The server has forgotten the session, and so has done nothing (specification 2025-11-25, “Session Management”).
      await link.forget(session);
      session = await untilAborted(link.session(), clock.signal);
      result = await ask(session);
    }
    return resultText(result, link.withoutSecrets);
  } catch (error) {
    signal.throwIfAborted();
    const { name } = link;
    if (session === undefined) return `The MCP server ${name} does not answer now. The tool was not called.`;
    const why = explainTrouble(error, link.withoutSecrets);
    if (isAnswer(error)) return `The MCP server ${name} answered with an error: ${why}`;
    // Whether the server still answers at all is asked before the next turn.
    session.doubt();
    const how = clock.isUp ? 'did not answer in time and was cancelled' : `did not answer: ${why}`;
    return `The tool of ${name} ${how}. What it did until then may have taken effect.`;
  }
}
