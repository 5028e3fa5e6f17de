import type { Rule } from '../rule.ts';
import { list } from '../who-waits.ts';

/** DROP EXTENSION ... CASCADE. */
export const dropExtensionCascade: Rule = {
  id: 'drop-extension-cascade',
  group: 'unknown-effect',
  severity: 'warning',
  about: ['drop'],
  summary: 'An extension goes with every column, index and function that uses it.',
  remedy: 'Drop what uses the extension by name first, then DROP EXTENSION without CASCADE.',
  check({ action, facts }) {
    if (action.kind !== 'drop' || action.object !== 'extension' || !action.cascade) return null;
    return {
      title: `Drops the extension ${list(action.names.map(({ name }) => name))} with everything that uses it.`,
      consequence:
        'Columns of its types go with their values, indexes of its operator classes and defaults that call it go too; each table is locked against everybody. What that is cannot be told from the schema alone.',
      relations: facts.locks.map((lock) => lock.relation),
    };
  },
};
