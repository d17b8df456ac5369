import { readEnv } from '../../shared/config/read-env.ts';
import { describe, SurfacesError } from '../../shared/errors/surfaces-error.ts';
import type { Log } from '../../shared/runtime/log.ts';
import type { Adapter } from './adapter.ts';
import { demoAdapter } from './demo/demo-adapter.ts';
import { askModels } from './openai/doctor.ts';
import { openaiAdapter } from './openai/openai-adapter.ts';
import { standardTools } from './tools/standard-tools.ts';

const OPENAI = [
  'SURFACES_ENV',
  'SURFACES_AGENT_IDLE_TIMEOUT',
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

/** Of one turn, tools and waiting for the model included; waiting for a person is not counted. */
const TURN_MS = 30 * 60_000;

/**
 * The agent that `AGENT` names, with the settings that are its own.
 * @throws SurfacesError `config_invalid` with everything that it lacks.
 */
export function chooseAdapter(agent: 'demo' | 'openai', environment: NodeJS.ProcessEnv): Adapter {
  if (agent === 'demo') return demoAdapter;
  const env = readEnv(environment, OPENAI);
  // A little before the bot gives the whole turn up: then the sentence is about the model.
  const silenceMs = Math.floor(0.9 * env.SURFACES_AGENT_IDLE_TIMEOUT);
  try {
    return openaiAdapter({
      name: env.OPENAI_MODEL,
      baseUrl: env.OPENAI_BASE_URL,
      apiKey: env.OPENAI_API_KEY || undefined,
      model: env.OPENAI_MODEL,
      systemPrompt: env.OPENAI_SYSTEM_PROMPT || undefined,
      temperature: env.OPENAI_TEMPERATURE,
      maxTokens: env.OPENAI_MAX_TOKENS,
      contextTokens: env.OPENAI_CONTEXT_TOKENS,
      images: env.OPENAI_IMAGES,
      tools: env.OPENAI_TOOLS ? standardTools() : [],
      summarize: env.OPENAI_SUMMARIZE,
      headersTimeoutMs: silenceMs,
      inactivityMs: silenceMs,
      turnTimeoutMs: TURN_MS,
      maxModelRequests: 25,
    });
  } catch (error) {
    throw new SurfacesError('config_invalid', `OPENAI_BASE_URL or OPENAI_API_KEY: ${describe(error)}`, {
      cause: error,
    });
  }
}

/** At the start the operator is told whether the model's server answers and has the model. Turns are tried all the same. */
export async function sayWhatAnswers(
  agent: 'demo' | 'openai',
  environment: NodeJS.ProcessEnv,
  log: Log,
): Promise<void> {
  if (agent !== 'openai') return;
  const env = readEnv(environment, OPENAI);
  const { OPENAI_BASE_URL: baseUrl, OPENAI_API_KEY: apiKey, OPENAI_MODEL: model } = env;
  const found = await askModels({ baseUrl, ...(apiKey && { apiKey }) });
  if (!found.ok) log.warn({ problem: found.problem }, 'the model’s server does not answer');
  else if (!found.models.includes(model))
    log.warn({ model, models: found.models }, 'the server does not list the model');
  else log.info({ model }, 'the model’s server answers');
}
