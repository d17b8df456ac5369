/**
 * Where a redirect leads: an http or https address, absolute or relative to `from` (RFC 9110, 10.2.2). A string is the
 * reason why nobody follows it; it never repeats the address, whose query may be a signature.
 */
export function redirectTarget(from: URL, location: string | string[] | undefined): URL | string {
  if (typeof location !== 'string' || location === '') return 'the redirect names no place';
  if (!URL.canParse(location, from.href)) return 'the redirect names a place that is no address';
  const target = new URL(location, from);
  if (target.protocol === 'http:' || target.protocol === 'https:') return target;
  return `the redirect leads to ${target.protocol.slice(0, 20)}, which is not followed`;
}
