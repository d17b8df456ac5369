import { expect, test } from 'vitest';
import { CallMerger } from './call-merger.ts';

test('a piece without index belongs to the call before it; an id of another call begins one', () => {
  const merger = new CallMerger();
  const piece = { index: undefined, id: '', name: '', arguments: '' };
  merger.add({ ...piece, id: 'a', name: 'read', arguments: '{' });
  merger.add({ ...piece, arguments: '}' });
  merger.add({ ...piece, id: 'a', name: 'read' });
  merger.add({ ...piece, id: 'b', name: 'write', arguments: '{}' });
  expect(merger.calls('call_1')).toEqual([
    { id: 'a', name: 'read', arguments: '{}' },
    { id: 'b', name: 'write', arguments: '{}' },
  ]);
});

test('ids that are missing are made up, and are different', () => {
  const merger = new CallMerger();
  for (const index of [3, 1]) merger.add({ index, id: '', name: 'read', arguments: '' });
  expect(merger.calls('call_1').map(({ id }) => id)).toEqual(['call_1_1', 'call_1_2']);
});
