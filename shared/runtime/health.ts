import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gauge, registry } from './metrics.ts';

// Not by `import`: that reads every export of node:http, some of which load the whole of Node's own undici, a quarter of a
// second and 10 MB in each process.
const { createServer } = process.getBuiltinModule('node:http');

const ready = gauge('ready', '1 while /ready answers 200');

/** Why a role is not ready: one entry for each thing that it needs and does not have. */
export type Reason = { readonly need: string; readonly problem: string; readonly since: string };

/** The need of every role that its start is done. */
export const START = 'start';

/** What a role needs to be ready. A need is unmet until it is reported met. */
export class Readiness {
  readonly #unmet = new Map<string, { problem: string; since: Date }>();

  constructor(needs: readonly string[]) {
    for (const need of needs) this.#unmet.set(need, { problem: 'not there yet', since: new Date() });
  }

  met(need: string): void {
    this.#unmet.delete(need);
  }

  unmet(need: string, problem: string): void {
    this.#unmet.set(need, { problem, since: this.#unmet.get(need)?.since ?? new Date() });
  }

  /** Whether its start is done; it may still wait for what it needs. */
  get isStarted(): boolean {
    return !this.#unmet.has(START);
  }

  reasons(): Reason[] {
    return [...this.#unmet].map(([need, { problem, since }]) => ({ need, problem, since: since.toISOString() }));
  }
}

/**
 * Serves `/live` (the event loop turns, whatever else is away), `/startup` (503 until the start is done), `/ready` (503 with the
 * reasons as JSON until ready) and `/metrics`.
 * @param host an address, or the path of a unix socket that is not there yet; then there is no port.
 * @param others what answers every other path; a 404 as JSON where there is none.
 * @returns the server and the url under which it listens.
 */
export async function serveHealth(
  host: string,
  port: number,
  readiness: Readiness,
  others: () => RequestListener | undefined,
): Promise<{ server: Server; url: string }> {
  const server = createServer(async (request, response) => {
    const path = request.url?.split('?')[0];
    const json = (status: number, body: unknown) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(body)}\n`);
    if (path === '/live') return json(200, { live: true });
    if (path === '/startup') return json(readiness.isStarted ? 200 : 503, { started: readiness.isStarted });
    if (path === '/ready') {
      const reasons = readiness.reasons();
      return json(reasons.length === 0 ? 200 : 503, { ready: reasons.length === 0, reasons });
    }
    if (path === '/metrics') {
      ready.set(readiness.reasons().length === 0 ? 1 : 0);
      return response.writeHead(200, { 'content-type': registry.contentType }).end(await registry.metrics());
    }
    const listener = others?.();
    if (listener) return listener(request, response);
    return json(404, { error: 'not found', paths: ['/live', '/startup', '/ready', '/metrics'] });
  });
  if (host.startsWith('/')) {
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(host, resolve));
    return { server, url: `unix:${host}` };
  }
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve));
  const address = server.address() as AddressInfo;
  return { server, url: `http://${host === '0.0.0.0' ? '127.0.0.1' : host}:${address.port}` };
}
