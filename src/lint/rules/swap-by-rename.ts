import { findTable } from '../../model/catalog-lookup.ts';
import { renamedColumn } from '../renamed-column.ts';
import type { Rule } from '../rule.ts';
import { isSameType } from '../type-change.ts';

/** RENAME COLUMN to a name that another column has just given up: it now means something else. */
export const swapByRename: Rule = {
  id: 'swap-by-rename',
  group: 'old-code-breaks',
  severity: 'warning',
  about: ['rename'],
  summary: 'A column takes the name of another one: running code goes on, with other values.',
  remedy: 'Keep both columns in step by a trigger before the swap, so that both hold the same for old and new code.',
  check(input) {
    const found = renamedColumn(input);
    if (found?.column == null || found.takesNameOf === null || input.facts.failure !== null) return null;
    const { key, from, to, column, takesNameOf } = found;
    const { action, catalog } = input;
    const table = action.kind === 'rename' ? findTable(catalog, action.name) : null;
    const former = table?.columns.find(({ name }) => name === takesNameOf);
    const isOther = former === undefined || !isSameType(former.type, column.type);
    return {
      title: `Gives the name ${to} of ${key} to another column, until now ${from}.`,
      consequence: `Code that names ${to} reads and writes the other column from the moment it commits${
        isOther ? '; prepared statements that return it fail with 0A000 until they are prepared again' : ''
      }.`,
      relations: [key],
      remedy:
        'Keep both columns in step by a trigger before the swap, so that both hold the same for old and new code.',
    };
  },
};
