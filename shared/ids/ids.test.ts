import fc from 'fast-check';
import { expect, test } from 'vitest';
import { opId } from './ids.ts';

test('operation ids: the same cause gives the same id, another cause another, safe in urls and queues', () => {
  fc.assert(
    fc.property(fc.array(fc.string(), { minLength: 1 }), fc.array(fc.string(), { minLength: 1 }), (one, other) => {
      const id = opId('purpose', ...one);
      expect(id).toMatch(/^[0-9a-v]{26,27}$/);
      expect(opId('purpose', ...one)).toBe(id);
      if (JSON.stringify(one) !== JSON.stringify(other)) expect(opId('purpose', ...other)).not.toBe(id);
    }),
  );
});
