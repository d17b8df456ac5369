import type { Tool } from '../../tools/tool.ts';

/** Tools as the API wants them. */
export function toolDefinitions(tools: readonly Tool[]) {
  return tools.map(({ name, description, parameters }) => ({
    type: 'function' as const,
    function: { name, description, parameters },
  }));
}
