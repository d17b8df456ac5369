import { withDeadline } from '../../../shared/time/time.ts';
import type { ToolSource } from '../tools/tool.ts';
import type { McpServer } from './mcp-server.ts';
import { mcpTool } from './mcp-tool.ts';
import { type Pace, USUAL_PACE } from './pace.ts';
import { type LinkParts, ServerLink } from './server-link.ts';

export type { McpServer } from './mcp-server.ts';
export { mcpServers } from './mcp-server.ts';

/**
 * The tools of MCP servers. None is started or asked before the first `tools()` or `check()`.
 * @param servers as `mcpServers` reads them.
 */
export function mcpTools(
  servers: Readonly<Record<string, McpServer>>,
  parts: Pick<LinkParts, 'log'> & { readonly pace?: Partial<Pace> },
): ToolSource {
  const pace = { ...USUAL_PACE, ...parts.pace };
  const links = Object.entries(servers).map(([name, server]) => new ServerLink(name, server, { log: parts.log, pace }));
  const late = () => new Error('late');
  return {
    async tools() {
      const found = links.map(async (link) => {
        // A session that is opened a second time may take longer than is waited for; the next turn has its tools.
        const offered = await withDeadline(link.tools(), pace.connectMs, late).catch(() => []);
        return offered.map((tool) => mcpTool(tool, link));
      });
      return (await Promise.all(found)).flat();
    },
    check: () => Promise.all(links.map((link) => link.check())),
    async stop() {
      await Promise.all(links.map((link) => link.stop()));
    },
  };
}
