import { field, textField } from '../../../shared/config/json.ts';
import { z } from '../../../shared/config/zod.ts';
import type { Log } from '../../../shared/runtime/log.ts';
import { withDeadline } from '../../../shared/time/time.ts';
import { ErrorOutput } from './error-output.ts';
import { explainTrouble } from './explain-trouble.ts';
import { httpConnection } from './http-transport.ts';
import type { WithoutSecrets } from './known-secrets.ts';
import { listTools, type ToolList } from './list-tools.ts';
import { loadMcpClient, type Transport } from './mcp-client.ts';
import type { McpServer } from './mcp-server.ts';
import type { Pace } from './pace.ts';
import { StdioTransport } from './stdio-transport.ts';

/** One agreed connection to a server, with the list of its tools. */
export type Session = {
  readonly isOpen: boolean;
  /** Whether a 404 means that the server has forgotten the session, and no more. */
  readonly hasHttpSession: boolean;
  /** @param onProgress each time the server says that it goes on. @throws what the server answers, or why it did not. */
  call(
    tool: string,
    args: Readonly<Record<string, unknown>>,
    options: { readonly signal: AbortSignal; readonly onProgress: () => void },
  ): Promise<unknown>;
  /** Read again where it has changed or is old. @throws what the server answers, or nothing in time. */
  list(): Promise<ToolList>;
  /** The next `list` asks the server. */
  doubt(): void;
  /** Returns when the process is gone, or the server was told. Never throws. */
  close(): Promise<void>;
};

export type SessionParts = {
  readonly log: Pick<Log, 'debug'>;
  readonly name: string;
  readonly pace: Pace;
  readonly withoutSecrets: WithoutSecrets;
  /** It was lost, not closed by us. @param why a sentence about the server. */
  readonly onLost: (why: string) => void;
};

/** Longer than any call, whose signal is what ends it. */
const NEVER_MS = 2 ** 31 - 1;
/** Of the time in which tools have to be told, for reading the list again: so that the old one can still be told. */
const REFRESH = 0.8;
/** What is no result by the specification may have a text in it all the same. */
const anyResult = z.looseObject({});

/** Why a session could not be opened: the end of a sentence for the operator, without secrets. */
class NotOpened extends Error {}

/**
 * By the handshake that nearly all servers know, or by that of 2026-07-28 where the server refuses every older protocol.
 * @throws Error whose message tells the operator why, without secrets; nothing of the server is left running then.
 */
export async function openSession(server: McpServer, parts: SessionParts, signal: AbortSignal): Promise<Session> {
  try {
    return await open(server, parts, signal, 'legacy');
  } catch (error) {
    if (!refusesOlder(error)) throw error;
    return await open(server, parts, signal, 'auto');
  }
}

/** UnsupportedProtocolVersionError (specification 2026-07-28), which comes over HTTP as the body of a 400. */
function refusesOlder(error: unknown): boolean {
  const { cause } = error as Error;
  return field(cause, 'code') === -32_022 || /"code":\s*-32022\b/.test(textField(field(cause, 'data'), 'text') ?? '');
}

async function open(
  server: McpServer,
  parts: SessionParts,
  signal: AbortSignal,
  mode: 'legacy' | 'auto',
): Promise<Session> {
  const { name, pace, withoutSecrets, onLost } = parts;
  const outputOf = (what: 'stderr' | 'trouble') =>
    new ErrorOutput((line) => parts.log.debug({ mcp: name, [what]: line }, `an MCP server’s ${what}`), withoutSecrets);
  const { Client } = await loadMcpClient();
  // Nothing is advertised: no sampling, no elicitation, no roots. The client answers all of them with an error.
  const client = new Client({ name: 'surfaces', version: '1' }, { capabilities: {}, versionNegotiation: { mode } });
  const troubles = outputOf('trouble');
  client.onerror = ({ message }) => troubles.push(`${message}\n`);
  let latest: ToolList | undefined;
  /** The latest, as long as there is no doubt of it. */
  let known: { readonly list: ToolList; readonly at: number } | undefined;
  let reading: Promise<ToolList> | undefined;
  let calls = 0;
  let changes = 0;
  let isAgreed = false;
  client.setNotificationHandler('notifications/tools/list_changed', () => {
    changes += 1;
    known = undefined;
  });
  const errors = outputOf('stderr');
  const stdio = 'command' in server ? new StdioTransport(server, pace.graceMs, errors) : undefined;
  const http = 'url' in server ? await httpConnection(server) : undefined;
  const transport = (stdio ?? http?.transport) as Transport;
  const withLastWords = (why: string) =>
    errors.last === '' ? why : `${why}; the last it wrote to stderr: ${errors.last}`;
  let isOpen = true;
  client.onclose = () => {
    if (isOpen && isAgreed) onLost(withLastWords(stdio?.why || 'the connection was closed'));
    isOpen = false;
  };
  const read = async (within: AbortSignal) => {
    const asOf = changes;
    const list = await listTools(client, { signal: within, timeout: 2 * pace.connectMs });
    latest = list;
    // Changed while it was read: this turn has what there is, the next one asks again.
    if (asOf === changes) known = { list, at: Date.now() };
    return list;
  };
  const close = async () => {
    isOpen = false;
    const ending = http?.hasSession() ? http.endSession() : Promise.resolve();
    await withDeadline(ending, pace.graceMs, () => new Error('late')).catch(() => {});
    await client.close().catch(() => {});
    await transport.close().catch(() => {});
  };
  try {
    signal.throwIfAborted();
    await client.connect(transport, { signal, timeout: 2 * pace.connectMs });
    await read(signal);
    isAgreed = true;
  } catch (error) {
    const late = signal.aborted ? `nothing came within ${pace.connectMs / 1000} s` : undefined;
    const why = withLastWords(stdio?.why || (late ?? explainTrouble(error, withoutSecrets)));
    await close();
    throw new NotOpened(why, { cause: error });
  }
  return {
    get isOpen() {
      return isOpen;
    },
    hasHttpSession: http?.hasSession() ?? false,
    async call(tool, args, { signal, onProgress }) {
      calls += 1;
      try {
        const request = { method: 'tools/call' as const, params: { name: tool, arguments: { ...args } } };
        return await client.request(request, anyResult, { signal, timeout: NEVER_MS, onprogress: onProgress });
      } finally {
        calls -= 1;
      }
    },
    async list() {
      // A server that does one thing at a time answers nothing while it is called, and must not be given up for that.
      if (known && (calls > 0 || Date.now() - known.at < pace.listAgeMs)) return known.list;
      reading ??= read(AbortSignal.timeout(REFRESH * pace.connectMs)).finally(() => {
        reading = undefined;
      });
      try {
        return await reading;
      } catch (error) {
        if (calls > 0 && isOpen && latest) return latest;
        throw error;
      }
    },
    doubt() {
      known = undefined;
    },
    close,
  };
}
