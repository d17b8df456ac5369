import { expect, test } from 'vitest';
import { encodingOfModel } from './encoding-of-model.ts';

test.each([
  ['gpt-4o', 'o200k_base'],
  ['gpt-4o-mini-2024-07-18', 'o200k_base'],
  ['openai/gpt-4o', 'o200k_base'],
  ['openrouter/openai/gpt-4.1-nano', 'o200k_base'],
  ['ft:gpt-4o-mini:org::abc', 'o200k_base'],
  ['azure/gpt-5.2', 'o200k_base'],
  ['openai/gpt-oss-20b:free', 'o200k_base'],
  ['o1', 'o200k_base'],
  ['openai/o3-mini', 'o200k_base'],
  ['o4-mini-high', 'o200k_base'],
  ['gpt-4', 'cl100k_base'],
  ['gpt-4-turbo', 'cl100k_base'],
  ['gpt-3.5-turbo-16k', 'cl100k_base'],
  ['gpt-35-turbo', 'cl100k_base'],
  ['gpt-40', undefined],
  ['o10', undefined],
  ['llama3.2:1b', undefined],
  ['gpt-4o/other', undefined],
  ['not-gpt-4o', undefined],
  ['', undefined],
])('%s: %s', (model, encoding) => expect(encodingOfModel(model)).toBe(encoding));
