import { expect, test } from 'vitest';
import { chooseWalk, type WalkFacts } from '../../src/backfill/choose-walk.ts';

const FACTS: WalkFacts = { serverMajor: 18, keyColumns: ['id'], keyGrows: true, correlation: 1, canTellDone: true };

test.each<[string, Partial<WalkFacts>, 'keys' | 'blocks', RegExp]>([
  [
    'an ordered key',
    { correlation: -0.97 },
    'keys',
    /along \(id\): its order is that of the blocks \(correlation -0\.97\)/,
  ],
  ['a random key', { correlation: 0.02 }, 'blocks', /not along \(id\), as its order is not that of the blocks/],
  [
    'a random key, rows cannot tell',
    { correlation: 0.02, canTellDone: false },
    'keys',
    /only along a key is it certain/,
  ],
  ['a random key on 13', { correlation: 0.02, serverMajor: 13 }, 'keys', /PostgreSQL 13 would read the whole table/],
  ['never analyzed, a number', { correlation: null }, 'keys', /never analyzed, and keys of this type mostly grow/],
  ['never analyzed, a uuid', { correlation: null, keyGrows: false }, 'blocks', /mostly random/],
  ['no key', { keyColumns: [], correlation: null }, 'blocks', /no unique key without NULLs/],
])('%s', (_name, facts, kind, why) => {
  const walk = chooseWalk({ ...FACTS, ...facts });
  expect(walk.kind).toBe(kind);
  expect(walk.why).toMatch(why);
});
