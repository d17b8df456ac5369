import type { IncomingMessage } from 'node:http';
import { WebSocket, WebSocketServer } from 'ws';

// See shared/runtime/health.ts for why it is not imported.
const { createServer } = process.getBuiltinModule('node:http');

/** The one door to ws. */
export { WebSocket, type WebSocketServer } from 'ws';

/** Opens a socket; compression is off, because small frames cost more CPU with it than they save. */
export function connectWebSocket(url: string, token: string, handshakeMs: number, maxPayload: number): WebSocket {
  return new WebSocket(url, {
    headers: { authorization: `Bearer ${token}` },
    handshakeTimeout: handshakeMs,
    perMessageDeflate: false,
    maxPayload,
  });
}

/**
 * Listens for WebSockets; plain HTTP requests are told what this is.
 * @returns the port, which is a free one where 0 was asked for, and what stops it.
 */
export async function serveWebSockets(
  at: { host: string; port: number; maxPayload: number },
  onSocket: (socket: WebSocket, request: IncomingMessage) => void,
): Promise<{ port: number; stop: () => Promise<void> }> {
  const server = createServer((_, response) => {
    response.writeHead(426, { 'content-type': 'text/plain' }).end('This is an agent host; it speaks WebSocket.\n');
  });
  const sockets = new WebSocketServer({ server, perMessageDeflate: false, maxPayload: at.maxPayload });
  sockets.on('connection', onSocket);
  await new Promise<void>((resolve, reject) => {
    sockets.once('error', reject);
    server.once('error', reject).listen(at.port, at.host, resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : at.port;
  const stop = async () => {
    for (const socket of sockets.clients) socket.terminate();
    await new Promise((resolve) => sockets.close(resolve));
    await new Promise((resolve) => server.close(resolve));
  };
  return { port, stop };
}
