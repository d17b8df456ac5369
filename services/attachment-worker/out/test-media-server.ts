import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { MatrixHttp } from '../../../shared/matrix/http.ts';
import { refuse, type TestHttpServers } from '../../../shared/matrix/test-http-server.ts';

/** One request that brought content; `sha256` of as much as came. */
type Upload = { readonly to: string; readonly whole: boolean; readonly bytes: number; readonly sha256: string };

/** For tests only: a homeserver that keeps media, and shows what became of each upload. */
export class TestMediaServer {
  readonly uploads: Upload[] = [];
  /** What each place was filled with: its hash. */
  readonly filled = new Map<string, string>();
  places = 0;
  /** Done once, when the next upload has begun to come. */
  onBytes: ((request: IncomingMessage) => void) | undefined;
  /** The next upload is kept, and its answer lost. */
  losesAnswer = false;

  open(servers: TestHttpServers): Promise<MatrixHttp> {
    return servers.homeserver((request, response) => this.#answer(request, response));
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const { pathname } = new URL(request.url ?? '', 'http://home');
    if (pathname === '/_matrix/media/v1/create') {
      this.places += 1;
      response.end(JSON.stringify({ content_uri: `mxc://home/${this.places}` }));
    } else if (request.method === 'PUT') this.#take(pathname.split('/').at(-1)!, request, response);
    else refuse(404, 'M_UNRECOGNIZED')(request, response);
  }

  #take(to: string, request: IncomingMessage, response: ServerResponse): void {
    const hash = createHash('sha256');
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      hash.update(chunk);
      bytes += chunk.length;
      this.onBytes?.(request);
      this.onBytes = undefined;
    });
    request.on('error', () => {});
    request.on('close', () => {
      const upload = { to, whole: request.complete, bytes, sha256: hash.digest('hex') };
      this.uploads.push(upload);
      if (!upload.whole) return;
      if (this.filled.has(to)) return refuse(409, 'M_CANNOT_OVERWRITE_MEDIA')(request, response);
      this.filled.set(to, upload.sha256);
      if (this.losesAnswer) request.socket.destroy();
      else response.end('{}');
      this.losesAnswer = false;
    });
  }
}
