import type { FastifyReply, FastifyRequest } from '../http.ts';

const NAME = 'surfaces_ops';

/**
 * Behind https the browser itself makes sure that no other host and no plain http has set it (`__Host-`, RFC 6265bis 4.1.3.2);
 * over plain http, as on one’s own machine, browsers keep no cookie of that name. Neither counts in place of the other.
 */
export function sessionToken(request: FastifyRequest): string | undefined {
  return request.cookies[nameFor(request)];
}

export function setSessionCookie(request: FastifyRequest, reply: FastifyReply, token: string): void {
  reply.setCookie(nameFor(request), token, cookieFor(request));
}

export function clearSessionCookie(request: FastifyRequest, reply: FastifyReply): void {
  reply.clearCookie(nameFor(request), cookieFor(request));
}

/** No script and no other site can use it. */
export function cookieFor(request: FastifyRequest) {
  return { httpOnly: true, sameSite: 'lax', path: '/', secure: isSafe(request) } as const;
}

/** A cookie’s name, which says with how much care browsers keep it. */
export function safeName(request: FastifyRequest, name: string): string {
  return isSafe(request) ? `__Host-${name}` : name;
}

function nameFor(request: FastifyRequest): string {
  return safeName(request, NAME);
}

function isSafe(request: FastifyRequest): boolean {
  return request.protocol === 'https';
}
