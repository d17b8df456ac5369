import { describe, expect, test } from 'vitest';
import { errorInStream, errorOfAnswer } from './error-answer.ts';

const plain = (text: string) => text;
const kind = (status: number, body: unknown) =>
  errorOfAnswer(status, typeof body === 'string' ? body : JSON.stringify(body), plain).kind;

describe('what a server says', () => {
  test.each([
    ['OpenAI', 400, { error: { message: 'x', code: 'context_length_exceeded' } }],
    ['llama.cpp', 400, { error: { code: 400, type: 'exceed_context_size_error', message: 'x', n_ctx: 512 } }],
    ['llama.cpp, older', 500, { error: { code: 500, message: 'the request exceeds the available context size' } }],
    ['llama-cpp-python', 500, { error: { message: 'Requested tokens (9000) exceed context window of 2048' } }],
    [
      'vLLM',
      400,
      {
        object: 'error',
        message: "This model's maximum context length is 4096 tokens. However, you requested 5000",
        code: 400,
      },
    ],
    ['vLLM, prompt', 400, { message: 'The decoder prompt (length 9) is longer than the maximum model length of 8' }],
    ['Anthropic', 400, { error: { message: 'prompt is too long: 208310 tokens > 200000 maximum' } }],
    [
      'Gemini',
      400,
      { error: { message: 'The input token count (9) exceeds the maximum number of tokens allowed (8)' } },
    ],
    ['Mistral', 422, { message: 'Prompt contains 9 tokens, too large for model with 8 maximum context length' }],
    ['Ollama', 400, { error: 'the input length exceeds the context length' }],
    ['a proxy', 413, '<html>Payload Too Large</html>'],
  ])('is an overflow of the context, as %s has it', (_, status, body) => {
    expect(kind(status, body)).toBe('overflow');
  });

  test.each([
    [401, { detail: 'Invalid API key' }, 'key'],
    [403, '', 'key'],
    [404, { error: { message: "model 'llama3.9:1b' not found" } }, 'no_model'],
    [400, { error: { message: 'The model `gpt-9.1` does not exist', code: 'model_not_found' } }, 'no_model'],
    [404, '404 page not found', 'no_model'],
    [429, { error: { code: 'insufficient_quota' } }, 'quota'],
    [402, {}, 'quota'],
    [429, { error: { message: 'context length of the queue exceeded' } }, 'busy'],
    [503, { error: { message: 'Loading model', code: 503 } }, 'loading'],
    [
      500,
      { error: { message: 'image input is not supported - hint: you may need to provide the mmproj' } },
      'not_supported',
    ],
    [400, { error: 'registry.ollama.ai/library/gemma:2b does not support tools' }, 'not_supported'],
    [500, 'Internal Server Error', 'server'],
    [502, '<html>Bad Gateway</html>', 'server'],
    [500, { error: { message: 'model is still loading' } }, 'loading'],
    [400, { detail: [{ msg: 'field required', loc: ['body'] }] }, 'refused'],
    [422, { error: { message: 'roles must alternate' } }, 'refused'],
  ])('%i %j is “%s”… ', (status, body, expected) => {
    expect(kind(status, body)).toBe(expected);
  });

  test('is told in one short line, in its own words where it has some', () => {
    const told = (body: string) => errorOfAnswer(400, body, plain).message;
    expect(told('{"detail":[{"msg":"field\\n required"}]}')).toBe(
      'the model’s server answered with an error (HTTP 400): field required',
    );
    expect(told('<html>')).toBe('the model’s server answered with an error (HTTP 400)');
    expect(told(`{"error":{"message":"${'x'.repeat(5_000)}"}}`).length).toBeLessThan(400);
  });

  test('inside a stream counts by its own number', () => {
    expect(errorInStream({ message: 'slow down', code: 429 }, plain).kind).toBe('busy');
    expect(errorInStream({ message: 'EngineCore died', code: null }, plain).kind).toBe('server');
    expect(errorInStream('what a pity', plain).message).toContain('what a pity');
  });
});
