import { expect, test } from 'vitest';
import { brokenLinks } from './doc-links.ts';

test('links to files that are not there are found, and nothing else', () => {
  const page = [
    '[there](lane.md#part) and [above](../README.md) and [outside](https://example.org) and [here](#part)',
    '`[code](nowhere.md)`',
    '```\n[code](nowhere.md)\n```',
    '[gone](gone.md)',
  ].join('\n\n');
  const there = new Set(['docs/lane.md', 'README.md']);
  expect(brokenLinks(new Map([['docs/a.md', page]]), (path) => there.has(path))).toEqual([
    'docs/a.md links to gone.md, which is not there',
  ]);
});
