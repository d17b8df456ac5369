import { z } from '../../../shared/config/zod.ts';

export type Permission = 'ask' | 'allow' | 'deny';

type AnyServer = {
  /** Only these of its tools are offered, by the names that the server gives them. */
  readonly tools?: readonly string[];
  /** For all of its tools, or for some of them by name. */
  readonly permission?: 'ask' | 'allow' | Readonly<Record<string, Permission>>;
  /** Whether a tool that the server calls read-only needs no permission, where `permission` says nothing of it. */
  readonly trustReadOnlyHint?: boolean;
  /** Of one call, without a sign of progress; 60 s unless it is given. */
  readonly timeoutMs?: number;
};

/** A program that is started here and speaks over its stdin and stdout. */
export type StdioServer = AnyServer & {
  readonly command: string;
  readonly args?: readonly string[];
  /** Its values are secrets. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
};

/** A server that is reached by Streamable HTTP. */
export type HttpServer = AnyServer & {
  /** What is in it beside its host is a secret. */
  readonly url: string;
  /** Their values are secrets. */
  readonly headers?: Readonly<Record<string, string>>;
};

export type McpServer = StdioServer | HttpServer;

const MOST_SERVERS = 20;
const NAME = /^[a-z0-9-]{1,32}$/;
const EXAMPLE =
  '{"files": {"command": "npx", "args": ["-y", "some-mcp-server"]}} or {"docs": {"url": "https://…/mcp"}}';
const TOOL_PERMISSIONS =
  'is "ask", "allow", or one of "ask", "allow", "deny" for each tool, such as {"delete": "deny"}';

const text = (what: string) => z.string({ error: `has to be ${what}` });
const filled = (what: string) => text(what).min(1, { error: `has to be ${what}` });
const record = <Value extends z.ZodType>(value: Value, what: string) =>
  z.record(z.string(), value, { error: `has to be ${what}` });

/** RFC 9110, 5.1 and 5.5: what `fetch` would refuse with the value in its message. */
const headers = record(text('a text'), 'an object of texts, such as {"authorization": "Bearer …"}').refine(
  (given) =>
    Object.entries(given).every(
      ([name, value]) => /^[\w!#$%&'*+.^`|~-]+$/.test(name) && /^[\t\x20-\x7e]*$/.test(value),
    ),
  { error: 'has a name or a value that no HTTP header can carry' },
);

const url = text('a URL, such as "https://example.com/mcp"').refine(
  (given) => /^https?:$/.test(URL.parse(given)?.protocol ?? ''),
  { error: 'has to be an http(s) URL, such as "https://example.com/mcp"' },
);

const fields = {
  command: filled('the program that is started, such as "npx"').optional(),
  args: z.array(text('a text'), { error: 'has to be a list of texts, such as ["-y", "some-mcp-server"]' }).optional(),
  env: record(text('a text, such as "1"'), 'an object of texts, such as {"API_KEY": "…"}').optional(),
  cwd: filled('a folder, such as "/srv/docs"').optional(),
  url: url.optional(),
  headers: headers.optional(),
  tools: z
    .array(filled('the name of a tool'), { error: 'has to be a list of tools, such as ["read_file"]' })
    .optional(),
  permission: z
    .union([z.enum(['ask', 'allow']), z.record(z.string(), z.enum(['ask', 'allow', 'deny']))], {
      error: TOOL_PERMISSIONS,
    })
    .optional(),
  trustReadOnlyHint: z.boolean({ error: 'has to be true or false' }).optional(),
  timeoutMs: z
    .number({ error: 'has to be a number of milliseconds, such as 60000' })
    .int({ error: 'has to be a whole number of milliseconds, such as 60000' })
    .min(1_000, { error: 'has to be at least 1000 ms' })
    .max(600_000, { error: 'has to be at most 600000 ms, which is ten minutes' })
    .optional(),
};

const server = z
  .strictObject(fields, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? `has the unknown ${issue.keys.map((key) => JSON.stringify(key)).join(', ')}; it may have ${Object.keys(fields).join(', ')}`
        : `has to be an object with "command" or "url"; for example ${EXAMPLE}`,
  })
  .superRefine((given, context) => {
    const wrong = (message: string, ...path: string[]) => context.addIssue({ code: 'custom', message, path });
    if ((given.command === undefined) === (given.url === undefined))
      wrong(`has to have either "command" or "url"; for example ${EXAMPLE}`);
    const others = given.command === undefined ? (['args', 'env', 'cwd'] as const) : (['headers'] as const);
    for (const key of others)
      if (given[key] !== undefined) wrong(`goes only with "${key === 'headers' ? 'url' : 'command'}"`, key);
  })
  // Which of the two it is was looked at above.
  .transform((given) => given as McpServer);

/** `"mcp"` of the configuration: MCP servers by the names that people see. No message has a value in it. */
export const mcpServers = record(server, `an object of MCP servers; for example ${EXAMPLE}`).superRefine(
  (given, context) => {
    const names = Object.keys(given);
    for (const name of names.filter((name) => !NAME.test(name)))
      context.addIssue({
        code: 'custom',
        message: 'is no name for a server; it may have 1 to 32 of a-z, 0-9 and -, such as "files"',
        path: [name],
      });
    if (names.length > MOST_SERVERS)
      context.addIssue({ code: 'custom', message: `has more than ${MOST_SERVERS} servers` });
  },
);
