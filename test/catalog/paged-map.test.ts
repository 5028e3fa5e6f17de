import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PagedMap } from '../../src/model/paged-map.ts';

interface Value {
  readonly number: number;
}

const key = fc.integer({ min: 0, max: 150 }).map((number) => `key ${number}`);
const change = fc.oneof(
  fc.record({ kind: fc.constant('put' as const), key }),
  fc.record({ kind: fc.constant('remove' as const), key }),
  fc.record({ kind: fc.constant('rename' as const), key, to: key }),
);

function entriesOf(map: PagedMap<Value>): readonly (readonly [string, Value | undefined])[] {
  return map.keys().map((one) => [one, map.get(one)]);
}

test('a paged map is what a map is, and every version of it stays what it was', () => {
  fc.assert(
    fc.property(fc.uniqueArray(key, { maxLength: 140 }), fc.array(change, { maxLength: 200 }), (first, changes) => {
      const start = first.map((one, number) => [one, { number }] as const);
      let map = PagedMap.of<Value>(start);
      let expected: readonly (readonly [string, Value])[] = start;
      const versions: { readonly map: PagedMap<Value>; readonly expected: typeof expected }[] = [];
      for (const [at, one] of changes.entries()) {
        versions.push({ map, expected });
        const value = { number: 1_000 + at };
        if (one.kind === 'put') {
          map = map.put(one.key, value);
          expected = [...new Map(expected).set(one.key, value)];
        } else if (one.kind === 'remove') {
          map = map.remove(one.key);
          expected = expected.filter(([name]) => name !== one.key);
        } else if (map.get(one.to) === undefined) {
          map = map.rename(one.key, one.to, value);
          expected = expected.map((entry) => (entry[0] === one.key ? [one.to, value] : entry));
        }
      }
      for (const version of [...versions, { map, expected }]) {
        expect(entriesOf(version.map)).toEqual(version.expected);
        expect(version.map.get('no such key')).toBeUndefined();
      }
    }),
    { numRuns: 50 },
  );
});
