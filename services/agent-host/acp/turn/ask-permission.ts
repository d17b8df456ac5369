import { textField } from '../../../../shared/config/json.ts';
import type { AgentTurn } from '../../adapter.ts';
import { untilAborted } from '../../until-aborted.ts';
import { cutText } from '../conversation/cut-text.ts';
import { CANCELLED, type PermissionAsked, selected } from '../wire/permission-request.ts';
import { explainCall } from './explain-call.ts';
import type { TurnLimits } from './turn-limits.ts';

const TITLE = 1_024;

type Scene = {
  readonly ask: AgentTurn['ask'];
  /** Of the turn: its end answers for the person. */
  readonly signal: AbortSignal;
  readonly limits: TurnLimits;
  readonly shown: (text: string) => string;
  readonly onAllowed: () => void;
};

/**
 * Asks the person what the agent asks. Answered by option id, chosen by kind: the order of options means nothing.
 *
 * Nobody's answer is a no: `cancelled` would say that the turn is over, and it goes on; told no, the agent can say what it
 * could not do. Only where it offers no such option, and when the turn is over, it is `cancelled`.
 * @returns the answer of the protocol.
 */
export async function askPermission(asked: PermissionAsked, scene: Scene): Promise<unknown> {
  const { ask, signal, limits, shown, onAllowed } = scene;
  if (signal.aborted) return CANCELLED;
  const { call, options } = asked;
  const explained = explainCall(asked);
  const title = titleOf(asked, shown) || call.toolKind || 'The agent asks for permission';
  const question = ask({
    title: cutText(title, TITLE),
    ...(explained && { description: shown(explained) }),
    options: [...options],
  });
  try {
    const { outcome, option } = await untilAborted(limits.standStillFor(question), signal);
    if (outcome === 'selected' && option) {
      if (option.kind.startsWith('allow')) onAllowed();
      return selected(option.option_id);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  const no = options.find(({ kind }) => kind === 'reject_once');
  return no && !signal.aborted ? selected(no.option_id) : CANCELLED;
}

/** Some agents name a call by the file alone: then what they would do to it is said, too. */
function titleOf({ call, content }: PermissionAsked, shown: (text: string) => string): string {
  const title = shown(call.title ?? '')
    .replaceAll(/\s+/g, ' ')
    .trim();
  const isFile = content.some((part) => shown(textField(part, 'path') ?? '') === title);
  return isFile && title !== '' && call.toolKind ? `${call.toolKind} ${title}` : title;
}
