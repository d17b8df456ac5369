import { field, numberField, textField } from '../../../shared/config/json.ts';
import { isBrokenOff } from './http-transport.ts';
import type { WithoutSecrets } from './known-secrets.ts';
import { oneLine } from './show-arguments.ts';

/** Of what a server or the system says. */
const LONGEST = 300;

/** Why a server did not do what it was asked, as the end of a sentence; for people and models, without secrets. */
export function explainTrouble(error: unknown, withoutSecrets: WithoutSecrets): string {
  const status = httpStatus(error);
  const code = field(error, 'code') ?? field(field(error, 'cause'), 'code');
  if (status === 401) return 'it needs other credentials (HTTP 401)';
  if (status === 403) return 'it refuses access with these credentials (HTTP 403)';
  if (status === 404) return 'there is no MCP server at this address (HTTP 404)';
  if (status !== undefined && status >= 300 && status < 400)
    return `it redirects to another place, which is not followed (HTTP ${status})`;
  if (status !== undefined) return `it answered with an error (HTTP ${status})`;
  if (code === 'ENOENT') return 'its command or its folder was not found (ENOENT)';
  if (code === 'CONNECTION_CLOSED' || code === 'NOT_CONNECTED') return 'the connection was closed';
  if (code === 'REQUEST_TIMEOUT') return 'nothing came in time';
  // Of the network or the system; their own texts may have the address in them.
  if (typeof code === 'string' && /^[A-Z0-9_]+$/.test(code) && textField(error, 'name') !== 'SdkError')
    return `it cannot be reached (${code})`;
  const message = error instanceof Error ? error.message : String(error);
  return oneLine(withoutSecrets(message), LONGEST) || 'it gave no reason';
}

/** Whether a server answered the request itself with an error, so that it is there and knows what it did. */
export function isAnswer(error: unknown): boolean {
  return typeof field(error, 'code') === 'number' && !isBrokenOff(error);
}

/** Of an answer that was an error. */
export function httpStatus(error: unknown): number | undefined {
  const { name } = error instanceof Error ? error : { name: '' };
  if (name === 'InsufficientScopeError') return 403;
  if (name === 'UnauthorizedError') return 401;
  return name === 'SdkHttpError' ? numberField(field(error, 'data'), 'status') : undefined;
}
