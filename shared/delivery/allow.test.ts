import { expect, test } from 'vitest';
import { asUserId } from '../ids/ids.ts';
import { isAllowed } from './allow.ts';

const ann = asUserId('@ann:example.org');

test.each([
  [['*'], true],
  [['@ann:example.org'], true],
  [['*:example.org'], true],
  [['*:other.org', '@bob:example.org'], false],
  [['*:ample.org'], false],
  [[], false],
])('%j lets @ann:example.org in: %s', (allow, allowed) => expect(isAllowed(ann, allow)).toBe(allowed));
