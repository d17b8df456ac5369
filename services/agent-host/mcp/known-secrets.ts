import type { McpServer } from './mcp-server.ts';

export type WithoutSecrets = (text: string) => string;

/** Shorter values, such as `1` or `true`, would be found everywhere. */
const SHORTEST = 6;
/** Parts of a value: what follows `Bearer`, the lines of a key. */
const SHORTEST_WORD = 8;
/** Of a URL’s path: `mcp` is none, what services put there instead of a key is longer. */
const SHORTEST_SEGMENT = 16;

/** Takes the values of `env` and `headers` and all but the host of `url` out of a text, also as JSON or a URL spells them. */
export function secretsOf(server: McpServer): WithoutSecrets {
  const values = 'url' in server ? [...Object.values(server.headers ?? {})] : Object.values(server.env ?? {});
  const spelled = [...values, ...values.flatMap(wordsOf), ...('url' in server ? partsOf(server.url) : [])]
    .filter((value) => value.length >= SHORTEST)
    .flatMap((value) => [value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value.toWellFormed())]);
  // A secret may be part of a longer one.
  const known = [...new Set(spelled)].sort((one, other) => other.length - one.length);
  return (text) => known.reduce((rest, secret) => rest.replaceAll(secret, '[secret]'), text);
}

/** Each text in a value of JSON, the names of its fields too. */
export function withoutSecretsIn(value: unknown, withoutSecrets: WithoutSecrets): unknown {
  if (typeof value === 'string') return withoutSecrets(value);
  if (Array.isArray(value)) return value.map((item) => withoutSecretsIn(item, withoutSecrets));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [withoutSecrets(name), withoutSecretsIn(item, withoutSecrets)]),
  );
}

function wordsOf(value: string): string[] {
  return value.split(/\s+/).filter((word) => word.length >= SHORTEST_WORD);
}

function partsOf(address: string): string[] {
  const url = new URL(address);
  const basic = Buffer.from(`${decoded(url.username)}:${decoded(url.password)}`).toString('base64');
  const segments = url.pathname.split('/').filter((segment) => segment.length >= SHORTEST_SEGMENT);
  const inQuery = url.search
    .slice(1)
    .split('&')
    .map((pair) => pair.slice(pair.indexOf('=') + 1));
  const parts = [url.username, url.password, ...segments, ...inQuery, url.hash.slice(1)];
  const whole = url.pathname + url.search;
  return [address, url.href, whole, ...parts, ...parts.map(decoded), ...(url.username || url.password ? [basic] : [])];
}

/** Of a part of a URL; as it is where it is not well encoded. */
export function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
