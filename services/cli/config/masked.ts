import { field, list, record } from '../../../shared/config/json.ts';

const MASK = '••••••';
const SECRET_NAME = /key|token|secret|password|passwd|auth/i;
/** What may be seen of `AGENTS`: where agents are and what they are called. Everything else in it may be a secret. */
const SEEN = new Set([
  ...['default', 'kind', 'title', 'description', 'url', 'model', 'mode', 'memory', 'idle', 'currency'],
  ...['$env', '$file'],
]);

/** A secret as it may be shown: of a URL all but its passwords, of JSON its structure and names, of anything else nothing. */
export function maskedSecret(value: string): string {
  if (value === '') return '';
  const json = parsed(value);
  // With spaces, where lines may be broken.
  if (record(json)) return JSON.stringify(maskedJson(json, ''), null, 1).replaceAll(/\n\s*/g, ' ');
  return isUrl(value) ? maskedUrl(value) : MASK;
}

/** A value that is no secret, but for what people put into it all the same: passwords in URLs, keys among arguments. */
export function maskedValue(value: string): string {
  if (isUrl(value)) return maskedUrl(value);
  return value.replaceAll(/(--?[\w-]*(?:key|token|secret|password)[\w-]*[= ]+)\S+/gi, `$1${MASK}`);
}

function isUrl(value: string): boolean {
  return value.includes('://') && URL.canParse(value);
}

function maskedUrl(value: string): string {
  const url = new URL(value);
  const secrets = [...url.searchParams.keys()].filter((name) => SECRET_NAME.test(name));
  // A user without a password is often a token.
  const isToken = url.username !== '' && !/^(postgres(ql)?|rediss?):$/.test(url.protocol);
  if (url.password === '' && !isToken && secrets.length === 0) return value;
  if (url.password) url.password = 'MASK';
  else if (isToken) url.username = 'MASK';
  for (const name of secrets) url.searchParams.set(name, 'MASK');
  return url.href.replaceAll('MASK', MASK);
}

function maskedJson(value: unknown, name: string): unknown {
  if (typeof value === 'string') return SEEN.has(name) ? maskedValue(value) : MASK;
  // Of a command line the program.
  if (Array.isArray(value))
    return list(value).map((each, at) => (name === 'command' && at === 0 ? each : maskedJson(each, '')));
  const object = record(value);
  if (!object) return value;
  // A variable of an agent may be called like one of ours.
  const inner = name === 'env' || name === 'headers' ? () => '' : (key: string) => key;
  return Object.fromEntries(Object.keys(object).map((key) => [key, maskedJson(field(object, key), inner(key))]));
}

function parsed(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}
