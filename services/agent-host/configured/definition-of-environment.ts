import { readEnv } from '../../../shared/config/read-env.ts';
import type { NamedDefinition } from './read-agents.ts';

const OPENAI = [
  'SURFACES_ENV',
  'OPENAI_BASE_URL',
  'OPENAI_API_KEY',
  'OPENAI_MODEL',
  'OPENAI_SYSTEM_PROMPT',
  'OPENAI_TEMPERATURE',
  'OPENAI_MAX_TOKENS',
  'OPENAI_CONTEXT_TOKENS',
  'OPENAI_IMAGES',
  'OPENAI_TOOLS',
  'OPENAI_SUMMARIZE',
] as const;
const ACP = ['SURFACES_ENV', 'ACP_COMMAND', 'ACP_ENV', 'ACP_MODE', 'ACP_MODEL'] as const;

/**
 * The one agent that `AGENT` names, as single variables describe it.
 * @throws SurfacesError `config_invalid` with everything that it lacks.
 */
export function definitionOfEnvironment(environment: NodeJS.ProcessEnv): NamedDefinition {
  const { AGENT } = readEnv(environment, ['AGENT']);
  if (AGENT === 'demo') return { name: 'demo', definition: { kind: 'demo' } };
  return AGENT === 'openai' ? openaiOf(environment) : acpOf(environment);
}

function openaiOf(environment: NodeJS.ProcessEnv): NamedDefinition {
  const env = readEnv(environment, OPENAI);
  return {
    name: 'openai',
    definition: {
      kind: 'openai',
      title: env.OPENAI_MODEL,
      url: env.OPENAI_BASE_URL,
      key: env.OPENAI_API_KEY || undefined,
      model: env.OPENAI_MODEL,
      systemPrompt: env.OPENAI_SYSTEM_PROMPT || undefined,
      temperature: env.OPENAI_TEMPERATURE,
      maxTokens: env.OPENAI_MAX_TOKENS,
      contextTokens: env.OPENAI_CONTEXT_TOKENS,
      images: env.OPENAI_IMAGES,
      tools: env.OPENAI_TOOLS,
      summarize: env.OPENAI_SUMMARIZE,
    },
  };
}

function acpOf(environment: NodeJS.ProcessEnv): NamedDefinition {
  const env = readEnv(environment, ACP);
  const seen = env.ACP_ENV.flatMap((name) => (environment[name] === undefined ? [] : [[name, environment[name]]]));
  return {
    name: 'acp',
    definition: {
      kind: 'acp',
      // `opencode acp` is opencode to people.
      title: env.ACP_COMMAND[0]!.split('/').at(-1),
      command: env.ACP_COMMAND,
      env: Object.fromEntries(seen) as Record<string, string>,
      mode: env.ACP_MODE || undefined,
      model: env.ACP_MODEL || undefined,
    },
  };
}
