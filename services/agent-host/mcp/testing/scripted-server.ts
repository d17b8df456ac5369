import { spawn } from 'node:child_process';
import { type CallToolResult, Server, type ServerContext } from '@modelcontextprotocol/server';

/** How a server for tests behaves before any tool is called. */
export type Script = {
  /** `silent` answers nothing, `exit` ends at once with a line on stderr that has SECRET in it. */
  readonly start?: 'silent' | 'exit';
  /** Speaks only the protocol of 2026-07-28. */
  readonly isModern?: boolean;
  /** Does not end for SIGTERM or the end of stdin. */
  readonly isStubborn?: boolean;
  /** So many more tools, `tool-0` and so on. */
  readonly more?: number;
  readonly pageSize?: number;
  /** Pages that never end. */
  readonly isEndless?: boolean;
};

type Args = Readonly<Record<string, unknown>>;
type Play = (args: Args, context: ServerContext, server: Server) => CallToolResult | Promise<CallToolResult>;

const say = (text: string): CallToolResult => ({ content: [{ type: 'text', text }] });
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
let cancelled = 0;

const PLAYS: Record<string, Play> = {
  echo: (args) => say(JSON.stringify(args)),
  fail: () => ({ ...say('no such page'), isError: true }),
  throw: () => {
    throw new Error(`bad key ${process.env.SECRET ?? ''}`);
  },
  leak: () => say(`${process.env.SECRET} ${JSON.stringify({ at: process.env.SECRET })} ${process.env.SHORT}`),
  parts: () => ({
    content: [
      { type: 'text', text: 'one' },
      { type: 'image', mimeType: 'image/png', data: Buffer.alloc(3_000).toString('base64') },
      { type: 'audio', mimeType: 'audio/ogg', data: '' },
      { type: 'resource', resource: { uri: 'a:b', text: 'two' } },
      { type: 'resource', resource: { uri: 'a:b', mimeType: 'application/pdf', blob: 'AAAA' } },
      { type: 'resource_link', uri: 'https://example.com/x', name: 'x' },
    ],
  }),
  structured: () => ({ content: [], structuredContent: { degrees: 21 } }),
  nothing: () => ({ content: [] }),
  big: ({ bytes }) => say('x'.repeat(Number(bytes))),
  noise: ({ lines }) => {
    for (let at = 0; at < Number(lines); at++) process.stderr.write(`noise ${at} ${process.env.SECRET}\n`);
    return say('done');
  },
  hang: async (_, { mcpReq }) => {
    await new Promise((resolve) => mcpReq.signal.addEventListener('abort', resolve));
    cancelled += 1;
    return say('never seen');
  },
  cancelled: () => say(String(cancelled)),
  progress: async ({ times, ms }, { mcpReq }) => {
    const progressToken = mcpReq._meta?.progressToken;
    for (let at = 1; at <= Number(times); at++) {
      await wait(Number(ms));
      await mcpReq.notify({
        method: 'notifications/progress',
        params: { progressToken: progressToken!, progress: at },
      });
    }
    return say('arrived');
  },
  block: ({ ms }) => {
    process.stderr.write('blocked\n');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Number(ms));
    return say('free');
  },
  pid: () => say(String(process.pid)),
  child: () => say(String(spawn('sleep', ['600'], { stdio: 'inherit' }).pid)),
  environment: () => say(JSON.stringify(Object.keys(process.env).sort())),
  die: () => process.exit(3),
  client: (_args, _context, server) => say(JSON.stringify(server.getClientCapabilities())),
  sample: async (_, { mcpReq }) => {
    const params = { maxTokens: 1, messages: [] };
    const asked = mcpReq.send({ method: 'sampling/createMessage', params }).then(
      () => 'sampled',
      (error: Error) => error.message,
    );
    return say(await asked);
  },
};

/** A server whose tools each do one thing that a client has to cope with; `grow` adds a tool and says so. */
export function scriptedServer({ more = 0, pageSize = 1_000, isEndless }: Script): Server {
  const server = new Server({ name: 'scripted', version: '1' }, { capabilities: { tools: { listChanged: true } } });
  const object = { type: 'object' as const, $schema: 'http://json-schema.org/draft-07/schema#', properties: {} };
  const tools = [...Object.keys(PLAYS), 'grow'].map((name) => ({
    name,
    description: `Plays ${name}. ${process.env.SECRET ?? ''}`,
    inputSchema: object,
    annotations: { readOnlyHint: name === 'echo' },
  }));
  for (let at = 0; at < more; at++)
    tools.push({ name: `tool-${at}`, description: '', inputSchema: object, annotations: { readOnlyHint: false } });
  server.setRequestHandler('tools/list', ({ params }) => {
    const from = Number(params?.cursor ?? 0);
    const end = from + pageSize;
    return {
      tools: tools.slice(from, end),
      ...(end < tools.length || isEndless ? { nextCursor: String(end) } : {}),
    };
  });
  server.setRequestHandler('tools/call', async ({ params }, context) => {
    const { name, arguments: args = {} } = params;
    if (name === 'grow') {
      tools.push({ ...tools[0]!, name: 'grown' });
      await server.notification({ method: 'notifications/tools/list_changed' });
      return say('grown');
    }
    return await PLAYS[name]!(args, context, server);
  });
  return server;
}
