import { describe, expect, test } from 'vitest';
import type { ModelUsage } from './completions/chat-chunk.ts';
import { type Price, usageFigures, withAnswer } from './turn-usage.ts';

const PRICE: Price = { input: 2.5, cachedInput: 1.25, output: 10, currency: 'EUR' };

/** The figures after each of some answers of one turn. */
function figures(price: Price | undefined, ...answers: (ModelUsage | undefined)[]) {
  let usage = { input: 0, output: 0 };
  return answers.map((answer) => {
    usage = withAnswer(usage, answer, price);
    return usageFigures(usage);
  });
}

describe('what a turn has used', () => {
  test('is the sum of its answers so far', () => {
    expect(figures(undefined, { prompt: 100, completion: 20 }, { prompt: 150, completion: 5 })).toEqual([
      { input_tokens: 100, output_tokens: 20 },
      { input_tokens: 250, output_tokens: 25 },
    ]);
  });

  test('costs what the price list says, of the cache less', () => {
    const [first, second] = figures(
      PRICE,
      { prompt: 1_000, completion: 100 },
      { prompt: 2_000, completion: 0, cached: 1_000 },
    );
    expect(first?.cost).toEqual({ amount: 0.0035, currency: 'EUR' });
    expect(second?.cost).toEqual({ amount: 0.00725, currency: 'EUR' });
    const [whole] = figures({ ...PRICE, cachedInput: undefined }, { prompt: 1_000, completion: 0, cached: 1_000 });
    expect(whole?.cost?.amount).toBe(0.0025);
  });

  test('costs what the server says, whatever the price list does', () => {
    const told = { prompt: 1_000, completion: 100, cost: 0.1 };
    const [, second] = figures(PRICE, told, { ...told, cost: 0.2 });
    expect(second?.cost).toEqual({ amount: 0.3, currency: 'USD' });
    expect(figures(PRICE, { ...told, cost: 0 })[0]?.cost).toEqual({ amount: 0, currency: 'USD' });
  });

  test.each([
    ['of one answer nothing is told', [{ prompt: 10, completion: 1, cost: 0.1 }, undefined]],
    [
      'one answer costs another currency',
      [
        { prompt: 10, completion: 1, cost: 0.1 },
        { prompt: 10, completion: 1 },
      ],
    ],
  ])('costs nobody knows what, to its end, where %s', (_, answers) => {
    const told = figures(PRICE, ...answers, { prompt: 10, completion: 1, cost: 0.1 });
    expect(told.map((each) => each?.cost?.amount)).toEqual([0.1, undefined, undefined]);
    expect(told.at(-1)?.input_tokens).toBeGreaterThan(10);
  });

  test('is not told where the server counts nothing', () => {
    expect(figures(PRICE, undefined, undefined)).toEqual([undefined, undefined]);
  });
});
