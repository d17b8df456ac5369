import { field, list } from '../../../shared/config/json.ts';
import { endpointOf } from './http/endpoint.ts';
import { errorOfAnswer } from './http/error-answer.ts';
import { bodyText, exchange } from './http/exchange.ts';
import { textOf } from './http/json-shape.ts';
import { ModelError } from './http/model-error.ts';
import type { OpenaiSettings } from './openai-settings.ts';

const MOST_MS = 5_000;

/** Which models a server has, or one sentence about why it cannot be asked, for the operator and without secrets. */
export async function askModels(
  settings: Pick<OpenaiSettings, 'baseUrl' | 'apiKey'>,
): Promise<{ ok: true; models: string[] } | { ok: false; problem: string }> {
  let address = '';
  try {
    const { url, headers, withoutSecrets } = endpointOf(settings);
    address = withoutSecrets(url('/models'));
    const patience = { headersTimeoutMs: MOST_MS, inactivityMs: MOST_MS };
    const late = new ModelError('silent', `nothing came within ${MOST_MS / 1000} s`);
    const body = await withTimeLimit(late, (signal) =>
      exchange(url('/models'), { method: 'GET', headers }, patience, signal, async (response) => {
        const text = await bodyText(response);
        if (response.status === 200) return text;
        throw errorOfAnswer(response.status, text, withoutSecrets);
      }),
    );
    return {
      ok: true,
      models: list(field(parsed(body), 'data'))
        .map((model) => textOf(field(model, 'id')))
        .filter(Boolean),
    };
  } catch (error) {
    const { message } = error as Error;
    return { ok: false, problem: address ? `${address}: ${message}` : message };
  }
}

async function withTimeLimit<T>(late: Error, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(late), MOST_MS);
  try {
    return await work(limit.signal);
  } finally {
    clearTimeout(timer);
  }
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new ModelError('refused', 'what answers there is no OpenAI-compatible server');
  }
}
