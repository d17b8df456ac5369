import { fileURLToPath } from 'node:url';
import type { Tool, ToolSource } from '../../tools/tool.ts';
import type { McpServer, StdioServer } from '../mcp-server.ts';
import { mcpTools } from '../mcp-tools.ts';
import type { Pace } from '../pace.ts';
import type { Script } from './scripted-server.ts';

export const SECRET = 'tok-"0123"-456789';

export type LogLine = { readonly level: string; readonly message: string } & Readonly<Record<string, unknown>>;

/** A source, what it logged, and calls as a turn makes them. It is stopped when it goes out of scope. */
export type TestSource = ToolSource &
  AsyncDisposable & {
    readonly lines: readonly LogLine[];
    /** All of the log as one text. */
    logged(): string;
    find(name: string): Promise<Tool>;
    call(name: string, args?: unknown, signal?: AbortSignal): Promise<string>;
  };

export function testSource(servers: Record<string, McpServer>, pace: Partial<Pace> = {}): TestSource {
  const lines: LogLine[] = [];
  const at = (level: string) => (fields: object, message: string) => {
    lines.push({ level, message, ...fields });
  };
  const log = { debug: at('debug'), info: at('info'), warn: at('warn') } as Parameters<typeof mcpTools>[1]['log'];
  const source = mcpTools(servers, { log, pace: { firstRetryMs: 30, mostRetryMs: 100, graceMs: 300, ...pace } });
  const find = async (name: string) => {
    const tools = await source.tools();
    const tool = tools.find((each) => each.name === name);
    if (!tool) throw new Error(`no ${name} among ${tools.map((each) => each.name)}; ${JSON.stringify(lines)}`);
    return tool;
  };
  return {
    ...source,
    lines,
    logged: () => JSON.stringify(lines),
    find,
    call: async (name, args = {}, signal = new AbortController().signal) => await run(await find(name), args, signal),
    [Symbol.asyncDispose]: () => source.stop(),
  };
}

export function run(tool: Tool, args: unknown = {}, signal = new AbortController().signal): Promise<string> {
  return tool.run({ arguments: args, signal, workspace: '/nowhere', offer: () => {} });
}

/** The stdio server of this folder. */
export function stdioServer(script: Script = {}, over: Partial<StdioServer> = {}): StdioServer {
  const { env, ...rest } = over;
  return {
    command: process.execPath,
    args: [fileURLToPath(new URL('stdio-server.ts', import.meta.url))],
    env: { SCRIPT: JSON.stringify(script), SECRET, SHORT: '1', ...env },
    ...rest,
  };
}

/** Polls a condition; tests never sleep. */
export async function until(condition: () => boolean | Promise<boolean>, ms = 5_000): Promise<void> {
  const deadline = Date.now() + ms;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error('it did not come about in time');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
