import { expect, test } from 'vitest';
import { together } from './spent.ts';

test('tokens and costs of turns are added; what nobody told stays untold', () => {
  const first = together(undefined, { input_tokens: 10, output_tokens: 2 });
  expect(first).toEqual({ input_tokens: 10, output_tokens: 2 });
  const second = together(first, { output_tokens: 3, cost: { amount: 0.5, currency: 'USD' } });
  expect(second).toEqual({ input_tokens: 10, output_tokens: 5, cost: { amount: 0.5, currency: 'USD' } });
  expect(together(second, { cost: { amount: 0.25, currency: 'USD' } }).cost).toEqual({ amount: 0.75, currency: 'USD' });
});

test('two currencies are not added', () => {
  const before = together(undefined, { cost: { amount: 5, currency: 'EUR' } });
  expect(together(before, { cost: { amount: 1, currency: 'USD' } })).toEqual({ cost: { amount: 1, currency: 'USD' } });
  expect(together(before, { input_tokens: 1 })).toEqual({ input_tokens: 1, cost: { amount: 5, currency: 'EUR' } });
});
