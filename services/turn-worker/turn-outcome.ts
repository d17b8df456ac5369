import { codeOfTurnError } from '../../shared/agent-protocol/agent-refusal.ts';
import type { TurnEvent } from '../../shared/agent-protocol/turn-events.ts';
import type { Outcome } from '../../shared/delivery/answer-stream.ts';
import type { ErrorCode } from '../../shared/errors/codes.ts';
import { codeOf } from '../../shared/errors/surfaces-error.ts';
import type { Language } from '../../shared/texts/detect-language.ts';
import { say } from '../../shared/texts/say.ts';

type TurnEnded = Extract<TurnEvent, { type: 'turn.ended' }>;

/** How an answer ends, by how the agent's turn ended. */
export function outcomeOf(ended: TurnEnded, text: string, language: Language): Outcome {
  switch (ended.stop_reason) {
    case 'cancelled':
      return stopped(text, language);
    case 'error':
      return failed(codeOfTurnError(ended.error), text, language, ended.error?.message);
    case 'max_tokens':
    case 'max_turn_requests':
    case 'refusal':
      return { state: 'done', text, note: say(language, ended.stop_reason) };
    default:
      return { state: 'done', text: text.trim() === '' ? say(language, 'empty_answer') : text };
  }
}

/** The turn could not be followed to its end. */
export function outcomeOfFailure(error: unknown, text: string, language: Language, waitedMs = 0): Outcome {
  return failed(codeOf(error), text, language, undefined, waitedMs);
}

export function stopped(text: string, language: Language): Outcome {
  return { state: 'stopped', text, note: say(language, 'stopped_note') };
}

function failed(code: ErrorCode, text: string, language: Language, said?: string, waitedMs = 0): Outcome {
  return { state: 'failed', text, code, note: sentence(code, language, said, waitedMs) };
}

function sentence(code: ErrorCode, language: Language, said: string | undefined, waitedMs: number): string {
  switch (code) {
    case 'agent_unavailable':
      return say(language, code, { minutes: Math.max(1, Math.round(waitedMs / 60_000)) });
    case 'agent_timeout':
      return say(language, code, { seconds: Math.round(waitedMs / 1000) });
    case 'agent_error':
      return said ? say(language, 'agent_error_said', { said }) : say(language, code);
    case 'agent_crashed':
    case 'interrupted':
    case 'unknown_agent':
      return say(language, code);
    default:
      return say(language, 'agent_error');
  }
}
