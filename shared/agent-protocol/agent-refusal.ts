import type { ErrorCode } from '../errors/codes.ts';
import { SurfacesError } from '../errors/surfaces-error.ts';
import type { TurnError } from './content.ts';
import type { ErrorAnswer } from './host-messages.ts';
import type { ProtocolError } from './protocol.ts';

/** The agent host said no. `code` is the house's, `protocolCode` is the one that the host gave. */
export class AgentRefusal extends SurfacesError {
  readonly protocolCode: ProtocolError;
  /** With `session_busy`: the turn that is running. */
  readonly runningTurn: string | undefined;

  constructor(answer: ErrorAnswer) {
    super(houseCode(answer.code), `the agent host answered ${answer.code}: ${answer.message}`, {
      retryAfterMs: answer.retry_after_ms,
    });
    this.name = 'AgentRefusal';
    this.protocolCode = answer.code;
    this.runningTurn = answer.turn_id;
  }
}

/** This side left a turn that goes on at the host: its lease was lost, or the process stops. */
export class TurnDetached extends Error {
  constructor(turnId: string) {
    super(`detached from turn ${turnId}, which goes on`);
    this.name = 'TurnDetached';
  }
}

const HOUSE_CODES: Partial<Record<ProtocolError, ErrorCode>> = {
  unauthorized: 'agent_unavailable',
  unsupported_version: 'agent_unavailable',
  session_busy: 'agent_unavailable',
  rate_limited: 'agent_unavailable',
  overloaded: 'agent_unavailable',
  agent_unavailable: 'agent_unavailable',
  agent_crashed: 'agent_crashed',
  unknown_snapshot: 'unknown_snapshot',
  unknown_agent: 'unknown_agent',
  permission_closed: 'nothing_waiting',
};

export function houseCode(code: ProtocolError): ErrorCode {
  return HOUSE_CODES[code] ?? 'agent_error';
}

/** What the person is told of a turn that ended with an error. */
export function codeOfTurnError(error: TurnError | undefined): ErrorCode {
  if (!error) return 'agent_error';
  if (error.host_restarted) return 'interrupted';
  const code = houseCode(error.code);
  // The turn is over: waiting for a host that has answered would repeat nothing but the refusal.
  return code === 'agent_unavailable' ? 'agent_error' : code;
}
