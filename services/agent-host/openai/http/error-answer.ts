import { field } from '../../../../shared/config/json.ts';
import { record, textOf } from './json-shape.ts';
import { ModelError, type ModelErrorKind } from './model-error.ts';

/** What a server says of an error. The spellings are those of OpenAI, vLLM, llama.cpp, llama-cpp-python, Ollama, FastAPI. */
type Facts = {
  readonly message: string;
  /** `code` and `type`, which may be a number or a word and say the same or not. */
  readonly words: string;
  readonly status: number | undefined;
};

/** Of an error text, as much as people are shown. */
const MOST_CHARACTERS = 300;
/** As much as is looked at. */
const MOST_READ = 16 * 1024;

const OVERFLOW = [
  /context_length_exceeded|exceed_context_size/,
  /maximum context length|context (length|window|size).{0,40}(exceed|too small)/,
  /(exceed|larger|longer|greater|too (long|large|big)).{0,80}(context|max(imum)? (model|input|prompt|number of tokens))/,
  /(prompt|input|request).{0,20} too (long|large)|too many (input |prompt )?tokens/,
];
const NOT_SUPPORTED = /not support|unsupported|no support|not a multimodal|not multimodal|mmproj/;
const LOADING = /loading (the )?model|model is (currently |still )?loading|warming up/;
const NO_MODEL = /model.{0,120}(not found|not exist)|(unknown|invalid|no such) model|model_not_found/;

/**
 * @param body as it came, JSON or not. @param withoutSecrets takes secrets out of what people will see.
 * @param retryAfter in ms, where the answer said it.
 */
export function errorOfAnswer(
  status: number,
  body: string,
  withoutSecrets: (text: string) => string,
  retryAfter?: number,
): ModelError {
  const facts = factsOf(body);
  return made(kindOf(status, facts), status, shortened(withoutSecrets(facts.message)), retryAfter);
}

/** @param error the object that came inside a stream, where the HTTP status said that all is well. */
export function errorInStream(error: unknown, withoutSecrets: (text: string) => string): ModelError {
  const facts = factsOf(JSON.stringify(error));
  const status = facts.status ?? 500;
  return made(kindOf(status, facts), undefined, shortened(withoutSecrets(facts.message)));
}

function kindOf(status: number, { message, words }: Facts): ModelErrorKind {
  const text = `${words} ${message}`.toLowerCase();
  if (status === 401 || status === 403) return 'key';
  if (status === 402 || /insufficient_quota|billing/.test(text)) return 'quota';
  if (status === 429) return 'busy';
  // Servers differ in the status: 400, 413, 422 and 500 were seen.
  if (status !== 503 && OVERFLOW.some((words) => words.test(text))) return 'overflow';
  if (NO_MODEL.test(text)) return 'no_model';
  if (NOT_SUPPORTED.test(text)) return 'not_supported';
  if (status === 404) return 'no_model';
  if (status === 413) return 'overflow';
  if (status === 503) return 'loading';
  if (status >= 500 || status === 408 || status === 409 || status === 425)
    return LOADING.test(text) ? 'loading' : 'server';
  return 'refused';
}

const PHRASES: Partial<Record<ModelErrorKind, string>> = {
  overflow: 'the conversation does not fit into the model’s context',
  not_supported: 'the model cannot do this',
  no_model: 'the model’s server does not know the model, or its address is wrong',
  quota: 'the quota at the model’s server is used up',
  busy: 'the model’s server takes no more requests now',
  loading: 'the model’s server is not ready yet',
};

function made(kind: ModelErrorKind, status: number | undefined, said: string, retryAfterMs?: number): ModelError {
  const http = status === undefined ? '' : ` (HTTP ${status})`;
  // Not in the server's words, which like to quote the key.
  if (kind === 'key') return new ModelError(kind, `the model’s server does not accept the key${http}`, { status });
  const phrase = (PHRASES[kind] ?? 'the model’s server answered with an error') + http;
  return new ModelError(kind, said ? `${phrase}: ${said}` : phrase, { status, retryAfterMs });
}

function factsOf(body: string): Facts {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    // A page of a proxy says nothing that its status does not.
    return { message: /^\s*</.test(body) ? '' : inOneLine(body), words: '', status: undefined };
  }
  const whole = record(json);
  const inner = typeof whole.error === 'object' && whole.error !== null ? record(whole.error) : whole;
  const { code, type, param } = inner;
  const [detail] = Array.isArray(whole.detail) ? whole.detail : [whole.detail];
  const message =
    textOf(inner.message) || textOf(whole.error) || textOf(detail) || textOf(field(detail, 'msg')) || textOf(json);
  const status = [code, inner.status].map(Number).find((number) => number >= 400 && number <= 599);
  return { message: inOneLine(message), words: [code, type, param].filter(Boolean).join(' '), status };
}

function inOneLine(text: string): string {
  return text.slice(0, MOST_READ).replace(/\s+/g, ' ').trim();
}

/** After the secrets are out: half a key is one too many. */
function shortened(line: string): string {
  return line.length > MOST_CHARACTERS ? `${line.slice(0, MOST_CHARACTERS)}…` : line;
}
