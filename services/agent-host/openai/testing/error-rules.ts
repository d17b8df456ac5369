import { EventWriter } from './event-writer.ts';
import type { Rule, Scene } from './rule.ts';

function refuse({ response }: Scene, status: number, body: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

async function accept({ response }: Scene, text: string): Promise<void> {
  const writer = new EventWriter(response);
  await writer.words(text);
  writer.finish();
}

/** Refuses the first `times` requests. */
const first =
  (times: number, status: number, body: unknown, headers?: () => Record<string, string>): Rule =>
  (scene) =>
    scene.time <= times
      ? refuse(scene, status, body, headers?.())
      : accept(scene, `Answered at the ${scene.time}th try.`);

const always =
  (status: number, body: unknown, headers?: Record<string, string>): Rule =>
  (scene) =>
    refuse(scene, status, body, headers);

/** `[[… MOST]]` refuses requests of more messages than that. */
const overflow =
  (status: number, body: unknown): Rule =>
  (scene) =>
    scene.body.messages.length > Number(scene.rest || 0)
      ? refuse(scene, status, body)
      : accept(scene, `${scene.body.messages.length} messages fit.`);

/** Refuses a field as OpenAI does. */
const without =
  (name: string, message: string): Rule =>
  (scene) =>
    name in scene.body
      ? refuse(scene, 400, { error: { message, type: 'invalid_request_error', param: name, code: 'unsupported' } })
      : accept(scene, 'Without it.');

const busy = { error: { message: 'Rate limit reached', type: 'rate_limit_error', code: 'rate_limit_exceeded' } };
const loading = { error: { message: 'Loading model', type: 'unavailable_error', code: 503 } };
/** A date has no parts of a second. */
const inAMoment = () => ({ 'retry-after': new Date(Date.now() + 2_000).toUTCString() });

/** Refusals in the words of real servers. */
export const ERROR_RULES: Readonly<Record<string, Rule>> = {
  'wrong-key': (scene) => {
    const message = `Incorrect API key provided: ${scene.response.req.headers.authorization}`;
    refuse(scene, 401, { error: { message, type: 'invalid_request_error', code: 'invalid_api_key' } });
  },
  'wrong-key-detail': always(401, { detail: 'Invalid API key' }),
  forbidden: always(403, '<html>403</html>'),
  'no-model': always(404, { error: { message: "model 'llama3.9:1b' not found, try pulling it first" } }),
  quota: always(429, { error: { message: 'You exceeded your current quota', code: 'insufficient_quota' } }),
  busy: first(2, 429, busy, () => ({ 'retry-after': '0' })),
  'busy-seconds': first(1, 429, busy, () => ({ 'retry-after': '1' })),
  'busy-date': first(1, 429, busy, inAMoment),
  'busy-for-hours': always(429, busy, { 'retry-after': '7200' }),
  'busy-always': always(429, busy),
  loading: first(3, 503, loading),
  'broken-once': first(1, 500, 'Internal Server Error'),
  'broken-always': always(500, 'Internal Server Error'),
  'no-images': always(500, { error: { message: 'image input is not supported', type: 'server_error', code: 500 } }),
  'echo-secret': (scene) =>
    refuse(scene, 400, { error: { message: `${'x'.repeat(280)} ${scene.response.req.headers.authorization} is odd` } }),
  redirect: always(307, '', { location: 'http://127.0.0.1:1/' }),
  html: ({ response }) => {
    response.writeHead(200, { 'content-type': 'text/html' });
    response.end('<html>Welcome</html>');
  },
  'html-endless': ({ response }) => {
    response.writeHead(200, { 'content-type': 'text/html' });
    response.write('<html>');
  },
  'overflow-code': overflow(400, {
    error: { message: 'too much', type: 'invalid_request_error', code: 'context_length_exceeded' },
  }),
  'overflow-number': overflow(400, {
    error: { code: 400, type: 'exceed_context_size_error', message: 'the request exceeds', n_ctx: 4096 },
  }),
  'overflow-words': overflow(500, {
    error: { message: 'Requested tokens (9000) exceed context window of 4096', type: 'internal', code: null },
  }),
  'no-stream-options': without('stream_options', 'Unrecognized request argument supplied: stream_options'),
  'no-max-tokens': without(
    'max_tokens',
    "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
  ),
  'no-temperature': without('temperature', "Unsupported value: 'temperature' does not support 0.5 with this model."),
  /** The connection breaks off after some words. */
  reset: async ({ response }) => {
    await new EventWriter(response).words('Some words');
    setTimeout(() => response.destroy(), 20);
  },
  'reset-once': async (scene) => {
    if (scene.time === 1) return void scene.response.destroy();
    await accept(scene, 'Second time.');
  },
};
