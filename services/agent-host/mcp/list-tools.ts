import { field, type Json, record, textField } from '../../../shared/config/json.ts';
import { z } from '../../../shared/config/zod.ts';
import type { Client } from './mcp-client.ts';

/** A tool as a server has it; nothing of it is trusted. */
export type ServerTool = {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of an object, without `$schema`; `undefined` for any other. */
  readonly parameters: Json | undefined;
  /** Whether the server says that it changes nothing. */
  readonly readOnlyHint: boolean;
};

export type ToolList = { readonly tools: readonly ServerTool[]; readonly isCut: boolean };

const MOST_TOOLS = 200;
const MOST_PAGES = 20;
const LONGEST_NAME = 256;

/** Looser than the client’s own schema, by which one odd tool would cost all the others. */
const page = z.looseObject({ tools: z.array(z.unknown()), nextCursor: z.string().nullish() });

/** All pages of a server’s list. What is above the bounds is left out, and nothing of it is read. */
export async function listTools(client: Client, options: { signal: AbortSignal; timeout: number }): Promise<ToolList> {
  if (!client.getServerCapabilities()?.tools) return { tools: [], isCut: false };
  const found = new Map<string, ServerTool>();
  let cursor: string | undefined;
  for (let pages = 1; ; pages++) {
    const params = cursor === undefined ? {} : { cursor };
    const { tools, nextCursor } = await client.request({ method: 'tools/list', params }, page, options);
    for (const tool of tools.map(readTool)) {
      if (tool === undefined || found.has(tool.name)) continue;
      if (found.size === MOST_TOOLS) return { tools: [...found.values()], isCut: true };
      found.set(tool.name, tool);
    }
    if (typeof nextCursor !== 'string') return { tools: [...found.values()], isCut: false };
    if (pages === MOST_PAGES) return { tools: [...found.values()], isCut: true };
    cursor = nextCursor;
  }
}

function readTool(given: unknown): ServerTool | undefined {
  const name = textField(given, 'name');
  if (!name || name.length > LONGEST_NAME) return undefined;
  return {
    name,
    description: textField(given, 'description') ?? textField(given, 'title') ?? '',
    parameters: objectSchema(field(given, 'inputSchema')),
    readOnlyHint: field(field(given, 'annotations'), 'readOnlyHint') === true,
  };
}

function objectSchema(given: unknown): Json | undefined {
  const schema = record(given);
  if (schema === undefined || field(schema, 'type') !== 'object') return undefined;
  // Some model servers refuse an object without properties.
  return { properties: {}, ...Object.fromEntries(Object.entries(schema).filter(([name]) => name !== '$schema')) };
}
