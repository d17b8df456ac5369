import type { Client, JSONRPCMessage, Transport } from '@modelcontextprotocol/client';

export type { Client, JSONRPCMessage, Transport };

/** The one door to the MCP client. It is loaded when the first server is connected to: most hosts have none. */
export async function loadMcpClient() {
  return await import('@modelcontextprotocol/client');
}
