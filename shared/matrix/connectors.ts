import { connect, type OnReadOpts, type Socket } from 'node:net';
import { intoReceiveBuffers } from './receive-buffers.ts';

/** As undici has them; see its documentation of `Connector`. */
type To = {
  readonly protocol: string;
  readonly hostname: string;
  readonly port: string;
  readonly httpSocket?: Socket;
};
type Connect<Where extends To> = (to: Where, done: (...told: [null, Socket] | [Error, null]) => void) => void;
type Build<Where extends To> = (options: typeof OPTIONS & { readonly onread?: OnReadOpts }) => Connect<Where>;

/**
 * HTTP/1.1 alone: over HTTP/2 an aborted request leaves its connection, and what it had put into it, as they are; and all files
 * would share one connection and its window with each other, so that a slow disk would hold up sends.
 */
const OPTIONS = { timeout: 10_000, allowH2: false };
/** What undici says of a socket that it gives up because its request was aborted. */
const ABORTED = 'aborted';

/** How connections to the homeserver are made; `build` is undici's own way. */
export function connectors<Where extends To>(
  build: Build<Where>,
): { readonly resetting: Connect<Where>; readonly receiving: Connect<Where> } {
  const plain = build(OPTIONS);
  return {
    /**
     * With sockets that are reset where a request is aborted. One that is only closed leaves what was not sent yet to the
     * kernel, which sends it on for minutes: over a network that came back, the draft of a worker that had lost its lane
     * arrived after its successor's final text.
     */
    resetting(to, done) {
      // Under TLS it is the connection below that has to be reset.
      const below = to.protocol === 'https:' ? connect({ host: to.hostname, port: Number(to.port || 443) }) : undefined;
      below?.setNoDelay(true);
      plain({ ...to, ...(below && { httpSocket: below }) }, (...[error, socket]) => {
        if (error) return done(error, null);
        const destroy = socket.destroy.bind(socket);
        socket.destroy = (reason) => {
          if (reason?.message === ABORTED) (below ?? socket).resetAndDestroy();
          return destroy(reason);
        };
        done(null, socket);
      });
    },
    /** With sockets that read into memory which is used again, for bodies of any size. */
    receiving(to, done) {
      let socket: Socket;
      const onread = intoReceiveBuffers(() => socket);
      // One chunk at a time: two would be put together, into new memory.
      const options = { ...OPTIONS, highWaterMark: 1, onread };
      build(options)(to, (...[error, connected]) => {
        if (error) return done(error, null);
        socket = connected;
        done(null, connected);
      });
    },
  };
}
