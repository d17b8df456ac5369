/**
 * How long a server asks to be left alone, in ms; `undefined` where it does not say.
 * `Retry-After` is seconds or an HTTP date (RFC 9110, 10.2.3); OpenAI and Azure send `retry-after-ms` as well.
 */
export function retryAfterMs(headers: Pick<Headers, 'get'>, now = Date.now()): number | undefined {
  const exact = headers.get('retry-after-ms')?.trim();
  if (exact && /^\d+(\.\d+)?$/.test(exact)) return Math.ceil(Number(exact));
  const given = headers.get('retry-after')?.trim();
  if (!given) return undefined;
  if (/^\d+(\.\d+)?$/.test(given)) return Math.ceil(Number(given) * 1000);
  const date = Date.parse(given);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
