import { list, record, textField } from '../../../../shared/config/json.ts';

/** Names that say: what stands here is nobody's business. */
const SECRET_NAME = /key|token|secret|pass|auth|credential|cookie/i;
/** Shorter values under names that say nothing are words such as `true` or a model's name. */
const LONG = 16;
/** Shorter ones would take letters out of every sentence. */
const SHORTEST = 4;

/**
 * Takes the values that an agent was given out of texts for logs and persons: of its environment, of JSON in it, and of its
 * MCP servers. What the agent itself says is not looked through.
 */
export function secretsOf(
  env: Readonly<Record<string, string>>,
  mcpServers: readonly unknown[] = [],
): (text: string) => string {
  const secrets = new Set<string>();
  for (const [name, value] of Object.entries(env)) {
    if (SECRET_NAME.test(name) || value.length >= LONG) secrets.add(value);
    collect(parsed(value), secrets);
  }
  for (const server of mcpServers) {
    const given = record(server);
    for (const pair of [...list(given?.env), ...list(given?.headers)]) secrets.add(textField(pair, 'value') ?? '');
  }
  const known = [...secrets].filter((secret) => secret.length >= SHORTEST).sort((a, b) => b.length - a.length);
  return (text) => known.reduce((clean, secret) => clean.replaceAll(secret, '[secret]'), text);
}

/** Texts under names of secrets, at any depth. */
function collect(value: unknown, into: Set<string>): void {
  for (const [name, inner] of Object.entries(record(value) ?? list(value))) {
    if (typeof inner === 'string' && SECRET_NAME.test(name)) into.add(inner);
    else collect(inner, into);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
