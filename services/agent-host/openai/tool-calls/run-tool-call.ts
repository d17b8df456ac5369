import type { AgentTurn } from '../../adapter.ts';
import type { Tool } from '../../tools/tool.ts';
import type { TurnClock } from '../../turn-clock.ts';
import { untilAborted } from '../../until-aborted.ts';
import type { ModelCall } from '../completions/call-merger.ts';
import { askPermission } from './ask-permission.ts';
import { callArguments } from './call-arguments.ts';
import { cutResult } from './cut-result.ts';

/** What a tool call has to work with. */
export type ToolScene = {
  readonly turn: AgentTurn;
  readonly tools: readonly Tool[];
  readonly clock: TurnClock;
  /** Aborts when the turn is stopped or its time is up. */
  readonly signal: AbortSignal;
  readonly isAllowed: (tool: string) => boolean;
  readonly allowForGood: (tool: string) => void;
  readonly withoutSecrets: (text: string) => string;
};

type Status = 'pending' | 'in_progress' | 'completed' | 'failed' | 'cancelled';

/**
 * Runs one call of the model and says so as it goes.
 * @param id of the call in its turn: those that models give may come twice.
 * @returns the result for the model, also where there is none.
 * @throws the signal's reason; the tool is not waited for.
 */
export async function runToolCall(id: string, call: ModelCall, scene: ToolScene): Promise<string> {
  const { turn, signal } = scene;
  const tool = scene.tools.find(({ name }) => name === call.name);
  let title = call.name.slice(0, 200) || 'unnamed';
  const tell = (status: Status, detail?: string) =>
    turn.emit({ type: 'tool_call.update', tool_call_id: id, title, kind: 'other', status, ...(detail && { detail }) });
  const fail = (why: string) => {
    tell('failed', why.slice(0, 1_000));
    return why;
  };
  const given = callArguments(call.arguments);
  if (!tool) return fail(`There is no tool of the name ${JSON.stringify(title)}.`);
  if (!given.ok) return fail(given.problem);
  try {
    title = tool.title(given.value).slice(0, 1_000) || title;
    tell('pending');
    const question = tool.permission(given.value);
    if (question !== null && !scene.isAllowed(tool.name)) {
      const permission = await untilAborted(askPermission(turn, scene.clock, tool.name, question), signal);
      signal.throwIfAborted();
      if (!permission.allowed) return fail(permission.why);
      if (permission.always) scene.allowForGood(tool.name);
    }
    tell('in_progress');
    const { workspace, offer } = turn;
    const work = tool.run({ workspace, offer, signal, arguments: given.value });
    const result = cutResult(await untilAborted(work, signal));
    tell('completed');
    return result;
  } catch (error) {
    if (signal.aborted) {
      tell('cancelled');
      throw signal.reason;
    }
    // A defect of the tool: the model may find another way.
    const message = scene.withoutSecrets(error instanceof Error ? error.message : String(error));
    return fail(`The tool failed unexpectedly: ${message.slice(0, 500)}`);
  }
}
