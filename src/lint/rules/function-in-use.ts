import { findFunction } from '../../model/catalog-lookup.ts';
import type { Rule } from '../rule.ts';
import { storedResultsOf } from '../users-of-function.ts';
import { list } from '../who-waits.ts';

/** CREATE OR REPLACE of a function that an index, a CHECK or a stored column was reckoned with. */
export const functionInUse: Rule = {
  id: 'function-in-use',
  severity: 'warning',
  about: ['create-function'],
  summary: 'A function is replaced that an index, a CHECK or a stored column was reckoned with.',
  remedy:
    'Give the new function another name, build a new index, constraint or column with it, switch, and drop the old one.',
  check(input) {
    const { action, catalog, facts } = input;
    if (action.kind !== 'create-function' || !action.replace || facts.failure !== null) return null;
    const before = findFunction(catalog, action.name);
    if (before === null || before.body === action.body) return null;
    const users = storedResultsOf(catalog, action.name.name).filter((one) => input.isUsed(one.relation));
    if (users.length === 0) return null;
    const what = list(users.map((one) => `${one.what} of ${one.relation}`));
    return {
      title: `Replaces ${action.name.name}(), which ${what} ${users.length === 1 ? 'was' : 'were'} reckoned with.`,
      consequence:
        'What is stored stays as the old function answered: an index then misses rows, a CHECK counts as valid for rows that break it, a stored column keeps the old value. The server says nothing.',
      relations: users.map((one) => one.relation),
    };
  },
};
