import { setTimeout as delay } from 'node:timers/promises';
import type { Tool, ToolCall, ToolSource } from '../../tools/tool.ts';

const parameters = { type: 'object', properties: { text: { type: 'string' } }, required: ['text'] };
const textIn = (args: unknown) => String((args as { text?: unknown }).text);

/** A source that has always the same. */
export function sourceOf(tools: readonly Tool[]): ToolSource {
  return { tools: async () => tools, check: async () => [], stop: async () => {} };
}

/** Gives back its argument `text`; every call of it is in `calls`. */
export function echoTool(over: Partial<Tool> = {}): Tool & { readonly calls: unknown[] } {
  const calls: unknown[] = [];
  return {
    name: 'echo',
    description: 'Gives back its text.',
    parameters,
    calls,
    title: (args) => `echoes ${textIn(args)}`,
    permission: () => null,
    run: async (call: ToolCall) => {
      calls.push(call.arguments);
      return textIn(call.arguments);
    },
    ...over,
  };
}

/** Asks before it runs. */
export const carefulTool = () => echoTool({ name: 'careful', permission: (args) => `Echo ${textIn(args)}?` });

/** Runs until it is stopped, and takes its time even then. */
export const endlessTool = () =>
  echoTool({
    name: 'endless',
    run: async ({ signal }) => {
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      await delay(10_000, undefined, { ref: false });
      return 'too late';
    },
  });
