import type { Checked } from '../adapter.ts';
import { untilAborted } from '../until-aborted.ts';
import { askModels } from './doctor.ts';
import { endpointOf } from './http/endpoint.ts';
import type { OpenaiSettings } from './openai-settings.ts';

/** Of a server's models, as many are named. */
const MOST_NAMED = 5;
/** For the tools; the server has a limit of its own. */
const MOST_MS = 4_500;

/**
 * Whether the server answers and has the model, and what the model is given, in one sentence without secrets. Never throws; takes
 * five seconds at most. Settings that a `ModelClient` took are needed.
 */
export async function checkAgent(settings: OpenaiSettings): Promise<Checked> {
  const { model, images } = settings;
  const [found, tools] = await Promise.all([askModels(settings), toolLines(settings)]);
  if (!found.ok) return found;
  const { url, withoutSecrets } = endpointOf(settings);
  const server = withoutSecrets(url(''));
  const { models } = found;
  if (models.length > 0 && !isAmong(models, model))
    return { ok: false, problem: `${server} has no model ${model}, but ${named(models)}` };
  const answers = models.length > 0 ? `model ${model} at ${server}` : `${server} answers, and lists no models`;
  return { ok: true, detail: [answers, tools.join(', '), images ? 'pictures' : ''].filter(Boolean).join('; ') };
}

/** Ollama's names have a tag that may be left out, and Google's a prefix. */
function isAmong(models: readonly string[], model: string): boolean {
  return [model, `${model}:latest`, `models/${model}`].some((name) => models.includes(name));
}

function named(models: readonly string[]): string {
  const more = models.length - MOST_NAMED;
  return models.slice(0, MOST_NAMED).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

async function toolLines({ tools }: OpenaiSettings): Promise<readonly string[]> {
  if (!tools) return [];
  try {
    return await untilAborted(tools.check(), AbortSignal.timeout(MOST_MS));
  } catch {
    return ['tools that do not answer'];
  }
}
