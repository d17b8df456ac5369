import { join } from 'node:path';
import { describe, SurfacesError } from '../../../shared/errors/surfaces-error.ts';
import type { Log } from '../../../shared/runtime/log.ts';
import type { Adapter } from '../adapter.ts';
import { demoAdapter } from '../demo/demo-adapter.ts';
import { HostFolder } from '../host-folder.ts';
import type { AcpDefinition, OpenaiDefinition } from './agents-schema.ts';
import type { NamedDefinition } from './read-agents.ts';

export type AdapterParts = {
  /** The volume that client and host share. */
  readonly volume: string;
  /** How long the client bears an agent that says nothing, in ms. */
  readonly idleTimeoutMs: number;
  readonly log: Log;
};

/** Of one turn, tools and waiting for the model included; waiting for a person is not counted. */
const TURN_MS = 30 * 60_000;
/** Answers of a model in one turn. */
const MODEL_REQUESTS = 25;

/**
 * The adapter that a definition describes. What a kind needs is loaded only where there is one of it.
 * @throws SurfacesError `config_invalid` for what no schema can see, such as an address that cannot be one.
 */
export async function makeAdapter({ name, definition }: NamedDefinition, parts: AdapterParts): Promise<Adapter> {
  const log = parts.log.child({ agent: name });
  switch (definition.kind) {
    case 'demo':
      return { ...demoAdapter, agent: { ...demoAdapter.agent, name: definition.title ?? demoAdapter.agent.name } };
    case 'openai':
      return openai(name, definition, { ...parts, log });
    case 'acp':
      return acp(name, definition, { ...parts, log });
  }
}

async function openai(name: string, definition: OpenaiDefinition, { idleTimeoutMs, log }: AdapterParts) {
  const { openaiAdapter } = await import('../openai/openai-adapter.ts');
  const { joinedTools } = await import('../tools/joined-tools.ts');
  const { standardToolSource } = await import('../tools/standard-tools.ts');
  const { title, url, key, tools = true, mcp = {}, images = false, thoughts, price, ...same } = definition;
  const sources = tools ? [standardToolSource()] : [];
  if (Object.keys(mcp).length > 0) {
    const { mcpTools } = await import('../mcp/mcp-tools.ts');
    sources.push(mcpTools(mcp, { log }));
  }
  // A little before the client gives the whole turn up: then the sentence is about the model.
  const silenceMs = Math.floor(0.9 * idleTimeoutMs);
  try {
    return openaiAdapter({
      ...same,
      name: title ?? name,
      baseUrl: url,
      apiKey: key || undefined,
      images,
      tools: sources.length > 0 ? joinedTools(sources, log) : undefined,
      showThoughts: thoughts,
      price,
      headersTimeoutMs: silenceMs,
      inactivityMs: silenceMs,
      turnTimeoutMs: TURN_MS,
      maxModelRequests: MODEL_REQUESTS,
    });
  } catch (error) {
    throw new SurfacesError('config_invalid', `agent ${name}, its address or key: ${describe(error)}`, {
      cause: error,
    });
  }
}

async function acp(name: string, definition: AcpDefinition, { volume, log }: AdapterParts) {
  const { acpAdapter } = await import('../acp/acp-adapter.ts');
  const { title, command, env = {}, mode, model, mcpServers, thoughts, toolCalls } = definition;
  const { sessionsPerProcess, processes, memory, idle } = definition;
  const settings = {
    name: title ?? name,
    command,
    env,
    home: join(new HostFolder(volume).root, 'agents', name),
    mode,
    model,
    mcpServers,
    sessionsPerProcess,
    maxProcesses: processes,
    memoryLimitBytes: memory,
    idleMs: idle,
    turnTimeoutMs: TURN_MS,
    maxToolCalls: toolCalls,
    showThoughts: thoughts,
  };
  return acpAdapter(settings, { log });
}
