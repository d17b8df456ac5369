import type { Json } from '../../../shared/config/json.ts';
import { type WithoutSecrets, withoutSecretsIn } from './known-secrets.ts';
import type { ServerTool, ToolList } from './list-tools.ts';
import type { McpServer, Permission } from './mcp-server.ts';
import { oneLine } from './show-arguments.ts';
import type { ToolNames } from './tool-names.ts';

/** A tool of a server as a model is offered it. */
export type OfferedTool = {
  /** For the model. */
  readonly name: string;
  /** As the server calls it. */
  readonly serverName: string;
  /** For people: the model’s name without the server’s. A server’s own spelling could imitate the rest of a question. */
  readonly shownName: string;
  readonly description: string;
  readonly parameters: Json;
  readonly isAsked: boolean;
};

/** Characters of a description: more is refused by some model servers. */
const LONGEST_DESCRIPTION = 1_024;
/** Bytes of a schema as JSON. */
const LONGEST_SCHEMA = 32 * 1024;
/** Of a tool’s name, in a note. */
const LONGEST_SHOWN = 64;
/** Names in a note. */
const MOST_NAMED = 10;

/**
 * What of a server’s list a model is offered, and what the operator should know of the rest, a short line each.
 * @param names remembers the names from list to list.
 */
export function offeredTools(
  server: McpServer,
  { tools, isCut }: ToolList,
  names: ToolNames,
  withoutSecrets: WithoutSecrets,
): { readonly offered: readonly OfferedTool[]; readonly notes: readonly string[] } {
  const shown = (name: string) => oneLine(withoutSecrets(name), LONGEST_SHOWN);
  const offered: OfferedTool[] = [];
  const unfit: string[] = [];
  for (const tool of tools) {
    const permission = permissionFor(server, tool);
    if (permission === 'deny' || (server.tools && !server.tools.includes(tool.name))) continue;
    const parameters = fitting(tool.parameters, withoutSecrets);
    const name = parameters && names.nameOf(withoutSecrets(tool.name));
    if (name === undefined) unfit.push(shown(tool.name));
    else
      offered.push({
        name,
        serverName: tool.name,
        shownName: names.withoutServer(name),
        description: described(withoutSecrets(tool.description)),
        parameters: parameters!,
        isAsked: permission === 'ask',
      });
  }
  const notes: string[] = [];
  if (unfit.length > 0) notes.push(`left out, their arguments are no object or too large: ${named(unfit)}`);
  if (isCut) notes.push('it has more tools than are read; the rest was left out');
  else {
    const configured = [...(server.tools ?? []), ...Object.keys(permissionsByTool(server))];
    const missing = configured.filter((name) => !tools.some((tool) => tool.name === name));
    if (missing.length > 0)
      notes.push(`it does not have what the configuration names: ${named([...new Set(missing)])}`);
  }
  return { offered, notes };
}

/** A hint counts only where the operator trusts this server’s hints, and never against what the operator wrote of the tool. */
function permissionFor(server: McpServer, { name, readOnlyHint }: ServerTool): Permission {
  const { permission } = server;
  if (typeof permission === 'string') return permission;
  const byTool = permissionsByTool(server);
  if (Object.hasOwn(byTool, name)) return byTool[name]!;
  return server.trustReadOnlyHint === true && readOnlyHint ? 'allow' : 'ask';
}

function permissionsByTool({ permission }: McpServer): Readonly<Record<string, Permission>> {
  return typeof permission === 'object' ? permission : {};
}

function fitting(parameters: Json | undefined, withoutSecrets: WithoutSecrets): Json | undefined {
  try {
    if (!parameters || Buffer.byteLength(JSON.stringify(parameters)) > LONGEST_SCHEMA) return undefined;
    return withoutSecretsIn(parameters, withoutSecrets) as Json;
  } catch {
    // Nested deeper than the stack.
    return undefined;
  }
}

function described(text: string): string {
  const clean = text.toWellFormed().replace(/(?![\n\t])\p{Cc}/gu, '');
  return clean.length > LONGEST_DESCRIPTION ? `${clean.slice(0, LONGEST_DESCRIPTION - 1).toWellFormed()}…` : clean;
}

function named(names: readonly string[]): string {
  const rest = names.length - MOST_NAMED;
  return names.slice(0, MOST_NAMED).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}
