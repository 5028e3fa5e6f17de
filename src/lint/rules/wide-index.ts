import { type Rule, STYLE } from '../rule.ts';

/** More keys than this seldom help a query. */
const MANY_KEYS = 4;

/** An index over many columns. */
export const wideIndex: Rule = {
  id: 'wide-index',
  group: STYLE,
  severity: 'info',
  about: ['create-index'],
  ownRemedy: true,
  summary: 'An index over more than four columns costs every write and helps few queries.',
  remedy: 'Keep the leading columns that queries filter by; carry others along with INCLUDE, or leave them out.',
  check({ action, facts }) {
    if (action.kind !== 'create-index' || action.keys.length <= MANY_KEYS) return null;
    return {
      title: `Indexes ${action.keys.length} columns.`,
      consequence:
        'It is big, every write that touches one of them maintains it, and only queries on its first columns use it well.',
      relations: facts.locks.map((lock) => lock.relation),
    };
  },
};
