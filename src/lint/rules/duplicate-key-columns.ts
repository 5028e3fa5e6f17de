import type { Rule } from '../rule.ts';

/** One column twice in an index. */
export const duplicateKeyColumns: Rule = {
  id: 'duplicate-key-columns',
  severity: 'info',
  about: ['create-index'],
  ownRemedy: true,
  summary: 'An index has the same column twice.',
  remedy: 'Name each column once; another one was probably meant.',
  check({ action, facts }) {
    if (action.kind !== 'create-index' || facts.failure !== null) return null;
    // With an operator class of its own, a column may well come twice.
    const plain = action.keys.filter((one) => one.operatorClass === undefined);
    const columns = [...plain.flatMap((one) => one.column ?? []), ...action.include];
    const twice = columns.find((column, position) => columns.indexOf(column) !== position);
    if (twice === undefined) return null;
    return {
      title: `Indexes ${twice} twice.`,
      consequence: 'It makes the index bigger and helps no query; a UNIQUE one promises less than it seems to.',
      relations: facts.locks.map((lock) => lock.relation),
    };
  },
};
