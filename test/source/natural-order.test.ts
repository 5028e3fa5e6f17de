import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compareNaturally } from '../../src/source/natural-order.ts';

it('counts digits as numbers', () => {
  const names = ['10.sql', '9b.sql', '9.sql', '0010_a.sql', '0009_z.sql', 'b.sql', 'a12.sql', 'a2.sql'];
  expect(names.sort(compareNaturally)).toEqual([
    '9.sql',
    '0009_z.sql',
    '9b.sql',
    '10.sql',
    '0010_a.sql',
    'a2.sql',
    'a12.sql',
    'b.sql',
  ]);
});

it('is a total order', () => {
  const name = fc
    .array(fc.constantFrom('0', '1', '10', 'a', '_', '.'), { maxLength: 5 })
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(name, name, name, (a, b, c) => {
      expect(Math.sign(compareNaturally(a, b))).toBe(-Math.sign(compareNaturally(b, a)) + 0);
      expect(compareNaturally(a, b) === 0).toBe(a === b);
      if (compareNaturally(a, b) <= 0 && compareNaturally(b, c) <= 0) {
        expect(compareNaturally(a, c)).toBeLessThanOrEqual(0);
      }
    }),
  );
});
