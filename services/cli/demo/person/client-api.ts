/** What the homeserver answered when it did not do what a person asked. */
export class ClientFailure extends Error {
  readonly status: number;
  readonly errcode: string | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(what: string, status: number, body: { errcode?: string; error?: string; retry_after_ms?: number }) {
    super(`${what}: ${status} ${body.errcode ?? ''} ${body.error ?? ''}`.trim());
    this.name = 'ClientFailure';
    this.status = status;
    this.errcode = body.errcode;
    this.retryAfterMs = body.retry_after_ms;
  }
}

export type ClientApi = <T = Record<string, unknown>>(
  method: 'GET' | 'PUT' | 'POST',
  path: string,
  body?: unknown,
  options?: { timeoutMs?: number; signal?: AbortSignal },
) => Promise<T>;

const TRIES_WHEN_LIMITED = 20;

/**
 * The client-server API as one account, on nothing but `fetch`: a person's side has to work without the code that it
 * judges. A 429 is waited out, since the limits of people are not what is looked at.
 * @throws ClientFailure for every other answer that is not 2xx; TypeError when nobody answers.
 */
export function openClientApi(homeserverUrl: string, accessToken: string | undefined): ClientApi {
  const base = homeserverUrl.replace(/\/$/, '');
  return async <T>(
    method: string,
    path: string,
    body?: unknown,
    options: { timeoutMs?: number; signal?: AbortSignal } = {},
  ) => {
    for (let attempt = 1; ; attempt++) {
      const timeout = AbortSignal.timeout(options.timeoutMs ?? 60_000);
      const response = await fetch(base + path, {
        method,
        headers: {
          ...(accessToken ? { authorization: `Bearer ${accessToken}` } : {}),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        body: body === undefined ? undefined : JSON.stringify(body),
        signal: options.signal ? AbortSignal.any([options.signal, timeout]) : timeout,
      });
      const answer = (await response.json().catch(() => ({}))) as T & { errcode?: string; retry_after_ms?: number };
      if (response.ok) return answer;
      const failure = new ClientFailure(`${method} ${path.split('?')[0]}`, response.status, answer);
      if (response.status !== 429 || attempt === TRIES_WHEN_LIMITED) throw failure;
      await new Promise((resolve) => setTimeout(resolve, failure.retryAfterMs ?? 500));
    }
  };
}
