import { connect, createServer, type Server, type Socket } from 'node:net';
import { freePort } from './free-port.ts';

/**
 * For tests: stands before a server, and can be a hole. What goes through a hole is swallowed, in both directions, and no
 * end is handed on: to either side the other one seems to be there and to say nothing, as behind a router that forgot its
 * connections. Those of before stay dead when it is mended; new ones get through.
 */
export class TcpProxy {
  readonly #target: { readonly host: string; readonly port: number };
  readonly #pairs = new Set<{ readonly sockets: readonly [Socket, Socket]; dead: boolean }>();
  readonly #server: Server;
  /** Connections that either side has reset, and not only closed. */
  resets = 0;
  #hole = false;
  #port = 0;

  /** @param target a url with host and port. */
  constructor(target: string) {
    const { hostname, port } = new URL(target);
    this.#target = { host: hostname, port: Number(port) };
    this.#server = createServer((socket) => this.#join(socket));
  }

  async start(): Promise<this> {
    this.#port = await freePort();
    await new Promise<void>((resolve) => this.#server.listen(this.#port, '127.0.0.1', resolve));
    return this;
  }

  /** The same url, through the proxy. */
  through(url: string): string {
    const given = new URL(url);
    given.hostname = '127.0.0.1';
    given.port = String(this.#port);
    return given.href;
  }

  /** From now on nothing gets through, on connections that are there and on new ones. */
  swallow(): void {
    this.#hole = true;
    for (const pair of this.#pairs) pair.dead = true;
  }

  /** Ends the connections that are there as a server does whose process was killed with something unread. */
  reset(): void {
    for (const { sockets } of this.#pairs) sockets[0].resetAndDestroy();
  }

  mend(): void {
    this.#hole = false;
  }

  stop(): void {
    for (const { sockets } of this.#pairs) for (const socket of sockets) socket.destroy();
    this.#server.close();
  }

  #join(client: Socket): void {
    const server = connect(this.#target);
    const pair = { sockets: [client, server] as const, dead: this.#hole };
    this.#pairs.add(pair);
    for (const [from, to] of [pair.sockets, pair.sockets.toReversed() as [Socket, Socket]]) {
      from.setNoDelay(true);
      from.on('data', (bytes) => pair.dead || to.write(bytes));
      from.on('error', ({ code }: NodeJS.ErrnoException) => {
        if (code === 'ECONNRESET') this.resets += 1;
      });
      from.on('close', () => pair.dead || to.destroy());
    }
  }
}
