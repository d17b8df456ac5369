import { errorInStream, errorOfAnswer } from '../http/error-answer.ts';
import { bodyText, type Progress } from '../http/exchange.ts';
import { ModelError } from '../http/model-error.ts';
import { retryAfterMs } from '../http/retry-after.ts';
import type { Answer } from '../http/send.ts';
import { type SseEvent, SseReader } from '../http/sse-reader.ts';
import { decodeChunk } from './chat-chunk.ts';
import type { CompletionReader } from './completion.ts';

/** After the end of the answer something may follow (usage), or the server forgets to close; in ms. */
const AFTER_FINISH_MS = 2_000;
const AFTER_DONE_MS = 250;

/**
 * Reads the answer to a chat completion into `reader`, streamed or not.
 * @returns false for an event stream without a single event, in which some servers hide an error.
 * @throws ModelError for an error, in the status or in the stream, or for what is no answer.
 */
export async function readAnswer(
  answer: Answer,
  reader: CompletionReader,
  progress: Progress,
  withoutSecrets: (text: string) => string,
): Promise<boolean> {
  if (answer.status !== 200) {
    const body = await bodyText(answer);
    throw errorOfAnswer(answer.status, body, withoutSecrets, retryAfterMs(answer.headers));
  }
  const type = answer.headers.get('content-type') ?? '';
  if (/text\/html/.test(type)) throw notOpenai();
  if (!/json/.test(type) || /ndjson/.test(type)) return readStream(answer, reader, progress, withoutSecrets);
  const json = parsed(await bodyText(answer));
  const chunk = decodeChunk(json);
  if (chunk.error) throw errorInStream(chunk.error, withoutSecrets);
  reader.add(chunk);
  return true;
}

async function readStream(
  answer: Answer,
  reader: CompletionReader,
  progress: Progress,
  withoutSecrets: (text: string) => string,
): Promise<boolean> {
  const lines = new SseReader();
  let heard = false;
  let done = false;
  const take = (events: readonly SseEvent[]) => {
    for (const { event, data } of events) {
      heard = true;
      if (data.trim() === '[DONE]') done = true;
      if (done) return;
      const json = parsed(data);
      const chunk = decodeChunk(json);
      const error = chunk.error ?? (event === 'error' ? json : undefined);
      if (error && !reader.isFinished) throw errorInStream(error, withoutSecrets);
      reader.add(chunk);
    }
  };
  try {
    for await (const bytes of answer.body ?? []) {
      const events = lines.push(bytes);
      take(events);
      if (done) progress(AFTER_DONE_MS);
      else if (reader.isFinished) progress(AFTER_FINISH_MS);
      // A comment shows that the server lives, not that it gets on.
      else if (events.length > 0 || lines.isInData) progress();
    }
    take(lines.end());
  } catch (error) {
    // Whatever happens behind the end of an answer does not make it less whole.
    if (!reader.isFinished) throw error;
  }
  return heard;
}

function parsed(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    throw new ModelError('broken_off', 'the model’s server answered with something that is no JSON');
  }
}

function notOpenai(): ModelError {
  return new ModelError('refused', 'what answers at the model’s address is no OpenAI-compatible server');
}
