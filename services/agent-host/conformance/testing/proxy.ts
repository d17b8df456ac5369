import { connectWebSocket, serveWebSockets, type WebSocket } from '../../../../shared/agent-protocol/websocket.ts';
import { TOKEN } from '../../test-host.ts';
import type { Frame } from '../frame.ts';

/** What is handed on in the place of a frame: itself, another one, several, or none. */
type Instead = Frame | readonly Frame[];

/** One client's connection, as a fault sees it. */
export type Wire = {
  /** What the fault remembers of this connection. */
  readonly memory: Map<string, unknown>;
  readonly toClient: (frame: Frame) => void;
  /** Its id should begin with `proxy-`: the answer is kept from the client. */
  readonly toHost: (frame: Frame) => void;
  readonly close: (code: number) => void;
  /** Bytes that the client has not taken yet. */
  readonly waiting: () => number;
};

/** What is wrong with the host, for one connection. */
export type Hooks = {
  readonly fromHost?: (frame: Frame) => Instead;
  readonly fromClient?: (frame: Frame) => Instead;
  /** What is no JSON object; false where the host is not to see it. */
  readonly fromClientRaw?: (data: Buffer) => boolean;
  readonly onGone?: () => void;
  /** The close code that the client is told. */
  readonly closeCode?: (code: number) => number;
  /** What the host is shown, instead of what the client has. */
  readonly token?: string;
};
export type Fault = (wire: Wire) => Hooks;

const HANDSHAKE_MS = 5_000;
const MOST_BYTES = 64 * 1024 * 1024;

/** Stands before a host that keeps every rule, and breaks one of them. */
export async function serveBroken(url: string, fault: Fault): Promise<{ url: string; stop: () => Promise<void> }> {
  const at = { host: '127.0.0.1', port: 0, maxPayload: MOST_BYTES };
  const { port, stop } = await serveWebSockets(at, (client, request) => {
    const given = request.headers.authorization?.replace(/^Bearer /, '') ?? '';
    relay(client, url, given, fault);
  });
  return { url: `ws://127.0.0.1:${port}`, stop };
}

function relay(client: WebSocket, url: string, given: string, fault: Fault): void {
  // The fault says with which token to connect before there is a connection.
  const early: (string | Buffer)[] = [];
  let host: WebSocket | undefined;
  const toHost = (data: string | Buffer) => {
    if (host?.readyState === host?.OPEN) host?.send(data);
    else early.push(data);
  };
  const toClient = (data: string | Buffer) => client.readyState === client.OPEN && client.send(data);
  const hooks = fault({
    memory: new Map(),
    toClient: (frame) => toClient(JSON.stringify(frame)),
    toHost: (frame) => toHost(JSON.stringify(frame)),
    close: (code) => client.close(code),
    waiting: () => client.bufferedAmount,
  });
  host = connectWebSocket(url, hooks.token ?? given ?? TOKEN, HANDSHAKE_MS, MOST_BYTES);
  host.on('open', () => {
    for (const data of early.splice(0)) host.send(data);
  });
  host.on('message', (data: Buffer) => {
    const frame = objectIn(data)!;
    if (String(frame.re).startsWith('proxy-')) return;
    for (const one of listOf(hooks.fromHost?.(frame) ?? frame)) toClient(JSON.stringify(one));
  });
  client.on('message', (data: Buffer, isBinary) => {
    const frame = isBinary ? undefined : objectIn(data);
    if (frame) for (const one of listOf(hooks.fromClient?.(frame) ?? frame)) toHost(JSON.stringify(one));
    else if (hooks.fromClientRaw?.(data) ?? true) toHost(isBinary ? data : data.toString());
  });
  for (const socket of [host, client]) socket.on('error', () => {});
  host.on('close', (code, reason) => {
    const told = code === 1006 || code === 1005 ? 1011 : code;
    client.close(hooks.closeCode?.(told) ?? told, reason);
  });
  client.on('close', () => {
    hooks.onGone?.();
    // What the fault said last is still to go out.
    setImmediate(() => host.close());
  });
}

function listOf(instead: Instead): readonly Frame[] {
  return Array.isArray(instead) ? (instead as readonly Frame[]) : [instead as Frame];
}

function objectIn(data: Buffer): Frame | undefined {
  try {
    const value: unknown = JSON.parse(data.toString());
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Frame) : undefined;
  } catch {
    return undefined;
  }
}
