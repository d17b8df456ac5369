import { describe, expect, it } from 'vitest';
import { checkHistory, FAILED, type HistoryEvent } from './history.ts';

const NOTHING = { items: 0, sends: 0, holders: 0 };

const good: HistoryEvent[] = [
  { type: 'page', from: '', to: '1' },
  { type: 'taken', lane: 'a', key: 'a1' },
  { type: 'taken', lane: 'a', key: 'a2' },
  { type: 'started', lane: 'a', key: 'a1', epoch: 1, overlaps: false },
  { type: 'committed', lane: 'a', seq: 1, epoch: 1, newest: 1 },
  { type: 'said', lane: 'a', key: 'a1', op: 'o1', epoch: 1 },
  { type: 'said', lane: 'a', key: 'a1', op: 'o1', epoch: 1 },
  { type: 'started', lane: 'a', key: 'a2', epoch: 2, overlaps: false },
  { type: 'committed', lane: 'a', seq: 2, epoch: 2, newest: 2 },
  { type: 'said', lane: 'a', key: 'a2', op: 'o2', epoch: 2 },
];
const swap = (one: number, two: number) =>
  good.map((event, index) => good[index === one ? two : index === two ? one : index] ?? event);
const change = (index: number, fields: object) =>
  good.map((event, at) => (at === index ? ({ ...event, ...fields } as HistoryEvent) : event));

describe('the checker', () => {
  it('finds nothing in a history that keeps every promise', () => {
    expect(checkHistory(good, NOTHING)).toEqual([]);
  });

  it.each<[string, HistoryEvent[], RegExp]>([
    ['an answer that is missing', good.slice(0, -1), /a2 was answered 0 times/],
    ['two answers', [...good, { type: 'said', lane: 'a', key: 'a1', op: 'o3', epoch: 1 }], /a1 was answered 2 times/],
    ['answers out of order', swap(5, 9).filter((_, index) => index !== 6), /answered a2 a1/],
    ['an item that was taken twice', [...good, { type: 'taken', lane: 'a', key: 'a1' }], /taken twice/],
    ['two pages from one token', [...good, { type: 'page', from: '', to: '2' }], /two pages/],
    ['runs that overlap', change(7, { overlaps: true }), /another run/],
    ['a commit out of order', change(8, { seq: 3 }), /3 was committed after 1/],
    ['a commit of an old epoch', change(8, { newest: 3 }), /epoch 2 committed, 3 held it/],
    ['an answer that is not the committed one', change(9, { epoch: 1 }), /answered by epoch 1 and committed by 2/],
    ['an error in the place of an answer', change(9, { epoch: FAILED }), /a2 ended with an error/],
    ['an answer to what kills whoever runs it', change(2, { deadly: true }), /a2 did not end with an error/],
    ['an answer to nothing', [...good, { type: 'said', lane: 'b', key: 'b1', op: 'o4', epoch: 1 }], /without an item/],
  ])('finds %s', (_what, events, message) => {
    expect(checkHistory(events, NOTHING).join('\n')).toMatch(message);
  });

  it('lets an empty place be gone over, and nothing else', () => {
    const over = (place: object) => [
      ...change(2, { key: 'p', place }).filter(({ type }, index) => index < 7 || type === 'page'),
      { type: 'taken', lane: 'a', key: 'a3' } as const,
      { type: 'committed', lane: 'a', seq: 3, epoch: 3, newest: 3 } as const,
      { type: 'said', lane: 'a', key: 'a3', op: 'o3', epoch: 3 } as const,
    ];
    expect(checkHistory(over({ is: 'empty', due: 'empty' }), NOTHING)).toEqual([]);
    expect(checkHistory(over({ is: 'empty', due: 'filled' }), NOTHING)).toEqual([
      'a: the place p is empty, and not filled',
    ]);
    expect(checkHistory(over({ is: 'filled', due: 'filled' }), NOTHING)).toEqual([
      'a: 3 was committed after 1',
      'a: p was answered 0 times',
    ]);
    expect(checkHistory(change(2, { place: { is: 'empty', due: 'empty' } }), NOTHING)).toContain(
      'a: a2 was answered 1 times',
    );
  });

  it('finds what is left at the end', () => {
    expect(checkHistory(good, { items: 1, sends: 2, holders: 3 })).toHaveLength(3);
  });
});
