import type { OpenaiSettings } from '../openai-settings.ts';

/** A model's server, and the only place that knows its secrets. */
export type Endpoint = {
  /** @param path behind the base URL, such as `/models`. Without credentials: these are in the headers. */
  readonly url: (path: string) => string;
  readonly headers: Readonly<Record<string, string>>;
  /** A text of the server or of the network, in which key and credentials may stand, for people to see. */
  readonly withoutSecrets: (text: string) => string;
};

/**
 * @throws TypeError for a base URL that is none of HTTP, or a key that no header can carry; neither is quoted in it.
 */
export function endpointOf({ baseUrl, apiKey }: Pick<OpenaiSettings, 'baseUrl' | 'apiKey'>): Endpoint {
  const base = URL.parse(baseUrl);
  if (!base || !/^https?:$/.test(base.protocol)) throw new TypeError('the base URL of the model is not an http(s) URL');
  const key = apiKey?.trim() ?? '';
  if (key && !/^[\x21-\x7e]+$/.test(key)) throw new TypeError('the API key has characters that no header can carry');
  const [user, password] = [decoded(base.username), decoded(base.password)];
  const basic = user || password ? Buffer.from(`${user}:${password}`).toString('base64') : '';
  const secrets = [key, user, password, base.username, base.password, basic, ...base.searchParams.values()];
  base.username = '';
  base.password = '';
  base.hash = '';
  const authorization = key ? `Bearer ${key}` : basic ? `Basic ${basic}` : undefined;
  return {
    url: (path) => {
      const url = new URL(base);
      url.pathname = base.pathname.replace(/\/+$/, '') + path;
      return url.href;
    },
    headers: authorization ? { authorization } : {},
    withoutSecrets: concealer(secrets),
  };
}

function concealer(secrets: readonly string[]): (text: string) => string {
  // A secret may be part of a longer one.
  const known = [...new Set(secrets)].filter(Boolean).sort((one, other) => other.length - one.length);
  return (text) => known.reduce((rest, secret) => rest.replaceAll(secret, '[secret]'), text);
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
