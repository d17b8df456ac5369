import { Readable, Writable } from 'node:stream';
import { field, textField } from '../../../../shared/config/json.ts';
import { type AnyMessage, client, methods, ndJsonStream } from '../sdk.ts';

/** Bytes of one message of an agent. Seen of real ones: 559 KB, a list of commands. */
const LONGEST_LINE = 16 * 1024 * 1024;

export type AgentConnection = {
  /** @throws RequestError as the agent answers; the reason of the connection's end. */
  readonly request: (method: string, params: unknown) => Promise<unknown>;
  readonly notify: (method: string, params: unknown) => void;
  /** Settles with the reason when no more messages come: the end of the stream, or a line that is too long. */
  readonly closed: Promise<unknown>;
  readonly close: () => void;
};

export type AgentListener = {
  /** Params of `session/update`, in their order and before the answers that follow them. Does not throw. */
  readonly onUpdate: (params: unknown) => void;
  /** Params of `session/request_permission`; what it gives is the answer. */
  readonly onPermission: (params: unknown) => Promise<unknown>;
};

/**
 * The client's side of the protocol. Params are passed on as they come: what is new in them is not to be refused. All other
 * requests of the agent (files, terminals, extensions) are answered with method-not-found.
 */
export function connectAgent(stdin: Writable, stdout: Readable, listener: AgentListener): AgentConnection {
  const { readable, writable } = ndJsonStream(
    Writable.toWeb(stdin) as WritableStream<Uint8Array>,
    Readable.toWeb(stdout) as ReadableStream<Uint8Array>,
    { maxMessageBytes: LONGEST_LINE },
  );
  const connection = client({ name: 'surfaces' })
    .onRequest(
      methods.client.session.requestPermission,
      (params: unknown) => params,
      ({ params }) => listener.onPermission(params),
    )
    .connect({ readable: readable.pipeThrough(updatesApart(listener.onUpdate)), writable });
  const { agent, closed, signal } = connection;
  return {
    request: (method, params) => agent.request<unknown, unknown>(method, params),
    // A connection that is closed is told by its end.
    notify: (method, params) => void agent.notify(method, params).catch(() => {}),
    closed: closed.then(() => signal.reason),
    close: () => connection.close(),
  };
}

/**
 * Takes updates out of what comes. The SDK would drop each that its schema does not know, with a line on stderr, and would hand
 * the others on a moment later, when the answer behind them may have been read.
 */
function updatesApart(onUpdate: AgentListener['onUpdate']): TransformStream<AnyMessage, AnyMessage> {
  return new TransformStream({
    transform(message, controller) {
      if (textField(message, 'method') === methods.client.session.update) onUpdate(field(message, 'params'));
      else controller.enqueue(message);
    },
  });
}
