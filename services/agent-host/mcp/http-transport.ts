import { field } from '../../../shared/config/json.ts';
import { boundedAnswer } from './bounded-answer.ts';
import { decoded } from './known-secrets.ts';
import { type JSONRPCMessage, loadMcpClient, type Transport } from './mcp-client.ts';
import type { HttpServer } from './mcp-server.ts';
import { TOO_LONG } from './pace.ts';

/** Of an error that we give a request whose answer broke off; −32000 to −32099 are for implementations (JSON-RPC 2.0, 5.1). */
const BROKEN_OFF = -32_099;

/** A transport, and the end of its session, of which a server may be told. */
export type HttpConnection = {
  readonly transport: Transport;
  readonly hasSession: () => boolean;
  endSession(): Promise<void>;
};

/**
 * MCP over Streamable HTTP (specification 2025-11-25, “Transports”). What the client’s own lacks: a request whose stream ends
 * without an answer fails at once, the stream of a cancelled request is closed, and no message is longer than fits in memory.
 * A redirect within the origin is followed; to any other place it is not, so that the headers go nowhere else.
 */
export async function httpConnection({ url, headers = {} }: HttpServer): Promise<HttpConnection> {
  const { StreamableHTTPClientTransport } = await loadMcpClient();
  const address = new URL(url);
  const sent = new Headers({ ...basicOf(address), ...headers });
  address.username = '';
  address.password = '';
  const transport = new StreamableHTTPClientTransport(address, {
    requestInit: { headers: sent },
    fetch: async (place, init) => boundedAnswer(await fetch(place, init)),
  });
  const streams = new Map<unknown, AbortController>();
  let whyLast = '';
  // The client calls these two before its own.
  transport.onerror = (error) => {
    whyLast = error.message.includes(TOO_LONG) ? TOO_LONG : '';
  };
  transport.onmessage = (message) => {
    if (isAnswer(message)) streams.delete(message.id);
  };
  const send = transport.send.bind(transport);
  transport.send = async (message, options) => {
    const request = requestId(message);
    if (request === undefined) {
      await send(message, options);
      const cancelled = cancelledId(message);
      streams.get(cancelled)?.abort();
      streams.delete(cancelled);
      return;
    }
    const stream = new AbortController();
    streams.set(request, stream);
    const onRequestStreamEnd = () => {
      options?.onRequestStreamEnd?.();
      if (!streams.has(request)) return;
      const why = whyLast || 'the connection broke off before the answer came';
      transport.onmessage?.({ jsonrpc: '2.0', id: request, error: { code: BROKEN_OFF, message: why } });
    };
    try {
      const requestSignal = AbortSignal.any(
        [stream.signal, options?.requestSignal].filter((each) => each !== undefined),
      );
      await send(message, { ...options, requestSignal, onRequestStreamEnd });
    } catch (error) {
      streams.delete(request);
      throw error;
    }
  };
  return {
    transport,
    hasSession: () => transport.sessionId !== undefined,
    endSession: () => transport.terminateSession(),
  };
}

/** Whether an error is that of `onRequestStreamEnd` above. */
export function isBrokenOff(error: unknown): boolean {
  return field(error, 'code') === BROKEN_OFF;
}

function isAnswer(
  message: JSONRPCMessage,
): message is Extract<JSONRPCMessage, { result: unknown } | { error: unknown }> {
  return !('method' in message);
}

function requestId(message: JSONRPCMessage | JSONRPCMessage[]): string | number | undefined {
  return !Array.isArray(message) && 'method' in message && 'id' in message ? message.id : undefined;
}

function cancelledId(message: JSONRPCMessage | JSONRPCMessage[]): unknown {
  return field(message, 'method') === 'notifications/cancelled'
    ? field(field(message, 'params'), 'requestId')
    : undefined;
}

/** `fetch` takes no URL with credentials in it. */
function basicOf({ username, password }: URL): Record<string, string> {
  if (username === '' && password === '') return {};
  const pair = `${decoded(username)}:${decoded(password)}`;
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
}
