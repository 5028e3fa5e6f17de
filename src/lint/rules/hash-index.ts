import { type Rule, STYLE } from '../rule.ts';

/** USING hash. */
export const hashIndex: Rule = {
  id: 'hash-index',
  group: STYLE,
  severity: 'info',
  about: ['create-index'],
  ownRemedy: true,
  summary: 'A hash index answers equality only: no order, no range, no uniqueness, no second column.',
  remedy: 'Use a btree index, unless the values are long and only ever compared for equality.',
  check({ action, facts }) {
    if (action.kind !== 'create-index' || action.method !== 'hash') return null;
    return {
      title: 'Builds a hash index.',
      consequence: 'It serves = and nothing else: a range, an ORDER BY or a UNIQUE constraint needs another index.',
      relations: facts.locks.map((lock) => lock.relation),
    };
  },
};
