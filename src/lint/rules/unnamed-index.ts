import { type Rule, STYLE } from '../rule.ts';

/** The server makes up the name. */
export const unnamedIndex: Rule = {
  id: 'unnamed-index',
  group: STYLE,
  severity: 'info',
  about: ['create-index'],
  ownRemedy: true,
  summary: 'An index without a name of its own: the server makes one up.',
  remedy: 'Name it, so that a later migration can speak of it and a second run does not build it twice.',
  check({ action, facts }) {
    if (action.kind !== 'create-index' || action.name !== null) return null;
    return {
      title: 'Leaves the name of the index to the server.',
      consequence:
        'The name depends on what is there already; run twice, it builds a second index of the same columns.',
      relations: facts.locks.map((lock) => lock.relation),
    };
  },
};
