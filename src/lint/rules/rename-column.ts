import { renamedColumn } from '../renamed-column.ts';
import type { Rule } from '../rule.ts';

/** RENAME COLUMN: code knows the old name until it is deployed anew. */
export const renameColumn: Rule = {
  id: 'rename-column',
  group: 'old-code-breaks',
  severity: 'warning',
  about: ['rename'],
  summary: 'A column is renamed while code that knows it by its old name still runs.',
  remedy: 'Let both names work for a while: a second column kept in step by a trigger, then the swap.',
  check(input) {
    const found = renamedColumn(input);
    if (found === null || found.takesNameOf !== null || input.facts.failure !== null) return null;
    const { key, from, to } = found;
    return {
      title: `Renames ${key}.${from} to ${to} under running code.`,
      consequence: `Statements that name ${from} fail with 42703 from the moment it commits, until the last old process is gone.`,
      relations: [key],
    };
  },
};
