import type { AgentTurn } from '../../adapter.ts';
import type { TurnClock } from '../../turn-clock.ts';

export type Permission =
  | { readonly allowed: true; readonly always: boolean }
  | { readonly allowed: false; readonly why: string };

/** What a title and a description take; see the protocol. */
const TITLE = 1_024;
const DESCRIPTION = 8_192;

/**
 * Asks the person whether a tool may do what it is about to do.
 * @param question in full: nobody allows what they could not read.
 * @returns with `why` for the model.
 */
export async function askPermission(
  turn: Pick<AgentTurn, 'ask'>,
  clock: TurnClock,
  tool: string,
  question: string,
): Promise<Permission> {
  if (question.length > DESCRIPTION) return { allowed: false, why: 'This is too long to ask a person for permission.' };
  const asked = turn.ask({
    title: question.length > TITLE ? `${question.slice(0, TITLE - 1)}…` : question,
    ...(question.length > TITLE ? { description: question } : {}),
    options: [
      { option_id: 'allow-once', name: 'Allow', kind: 'allow_once' },
      {
        option_id: 'allow-always',
        name: `Always allow ${tool} in this conversation`.slice(0, 255),
        kind: 'allow_always',
      },
      { option_id: 'reject-once', name: 'Do not allow', kind: 'reject_once' },
    ],
  });
  const { outcome, option, reason } = await clock.standsStillFor(asked);
  if (outcome === 'expired')
    return { allowed: false, why: 'Nobody answered whether this is allowed, so it was not done.' };
  if (outcome === 'selected' && option?.kind.startsWith('allow'))
    return { allowed: true, always: option.kind === 'allow_always' };
  return { allowed: false, why: `The person did not allow this.${reason ? ` Their reason: ${reason}` : ''}` };
}
