import type { FastifyRequest } from '../http.ts';

export function wantsPage(request: FastifyRequest): boolean {
  return request.headers.accept?.includes('text/html') ?? false;
}

export function isRead({ method }: FastifyRequest): boolean {
  return method === 'GET' || method === 'HEAD';
}

/**
 * Whether another site could have made somebody’s browser send it. A program, which no other site can make send anything,
 * has none of these headers. `sec-fetch-site` alone would not do: over plain http it is sent to this machine only.
 */
export function isBrowser(request: FastifyRequest): boolean {
  const { cookie, origin } = request.headers;
  return (
    cookie !== undefined ||
    origin !== undefined ||
    request.headers['sec-fetch-site'] !== undefined ||
    wantsPage(request)
  );
}

/** A form that another site sends in somebody’s name: also that of a login, which would make them work under another’s. */
export function isForeign(request: FastifyRequest): boolean {
  if (isRead(request)) return false;
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined) return site === 'cross-site' || site === 'same-site';
  const { origin } = request.headers;
  if (origin === undefined) return false;
  return !URL.canParse(origin) || new URL(origin).host !== request.host.replace(/:(80|443)$/, '');
}
