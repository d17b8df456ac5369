import { expect, test } from 'vitest';
import { Slots } from './slots.ts';

test('no more at once than there are places, in the order in which they came', async () => {
  const slots = new Slots(2);
  const begun: number[] = [];
  let running = 0;
  let most = 0;
  const work = (index: number) => async () => {
    begun.push(index);
    running += 1;
    most = Math.max(most, running);
    await new Promise((resolve) => setTimeout(resolve, 5));
    running -= 1;
    if (index % 3 === 0) throw new Error('it failed');
    return index;
  };
  const ended = await Promise.allSettled(Array.from({ length: 9 }, (_, index) => slots.run(work(index))));
  expect(most).toBe(2);
  expect(begun).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  expect(ended.filter(({ status }) => status === 'rejected')).toHaveLength(3);
});
