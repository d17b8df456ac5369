import type { Log } from '../../../shared/runtime/log.ts';
import type { Tool, ToolSource } from './tool.ts';

/** Of a tool's name, as model servers take it. */
const LONGEST_NAME = 64;

/**
 * The tools of several sources, those of the earlier ones first. Of two with one name the second gets a number (`search_2`), and
 * keeps it even while the first is away: what a person allowed for good is remembered by the name.
 */
export function joinedTools(sources: readonly ToolSource[], log: Pick<Log, 'warn'>): ToolSource {
  const owners = new Map<string, ToolSource>();

  function nameFor(source: ToolSource, name: string, taken: ReadonlySet<string>): string {
    for (let number = 1; ; number++) {
      const suffix = number === 1 ? '' : `_${number}`;
      const free = name.slice(0, LONGEST_NAME - suffix.length) + suffix;
      const owner = owners.get(free);
      if (taken.has(free) || (owner !== undefined && owner !== source)) continue;
      if (!owner && number > 1) log.warn({ tool: name, as: free }, 'two tools have one name; the second gets a number');
      owners.set(free, source);
      return free;
    }
  }

  return {
    async tools() {
      const lists = await Promise.all(sources.map((source) => source.tools()));
      const taken = new Set<string>();
      return sources.flatMap((source, at) =>
        lists[at]!.map((tool) => {
          const name = nameFor(source, tool.name, taken);
          taken.add(name);
          return name === tool.name ? tool : renamed(tool, name);
        }),
      );
    },
    check: async () => (await Promise.all(sources.map((source) => source.check()))).flat(),
    async stop() {
      await Promise.all(sources.map((source) => source.stop()));
    },
  };
}

function renamed(tool: Tool, name: string): Tool {
  return {
    name,
    description: tool.description,
    parameters: tool.parameters,
    title: (args) => tool.title(args),
    permission: (args) => tool.permission(args),
    run: (call) => tool.run(call),
  };
}
