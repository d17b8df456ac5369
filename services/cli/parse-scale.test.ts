import { expect, test } from 'vitest';
import { parseScale } from './parse-scale.ts';

const roles = ['turn-worker', 'ingress'];

test('names a role and a number, as often as wanted', () => {
  expect(parseScale([], roles)).toEqual({});
  expect(parseScale(['turn-worker=3', 'ingress=2'], roles)).toEqual({ 'turn-worker': 3, ingress: 2 });
});

test.each(['turnworker=2', 'ops=2', '=2', 'agent-host=2'])('%s: says which roles there are', (pair) =>
  expect(() => parseScale([pair], roles)).toThrow(/turn-worker, ingress/),
);

test.each([
  'turn-worker',
  'turn-worker=',
  'turn-worker=x',
  'turn-worker=0',
  'turn-worker=-1',
  'turn-worker=1000',
  'turn-worker=1.5',
])('%s: says what a number is', (pair) => expect(() => parseScale([pair], roles)).toThrow(/from 1 to 64/));
