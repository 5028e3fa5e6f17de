import { getsCompatibilityView } from '../compatibility-view.ts';
import { renamedInUse } from '../renamed-in-use.ts';
import type { Rule } from '../rule.ts';

/** RENAME of a table or view in use. */
export const renameTable: Rule = {
  id: 'rename-table',
  group: 'old-code-breaks',
  severity: 'warning',
  about: ['rename'],
  summary: 'A table or view is renamed while running code uses the old name.',
  remedy: 'Make a view under the old name in the same transaction, and drop it when no old code runs any more.',
  check(input) {
    const key = renamedInUse(input, 'rename');
    if (key === null || getsCompatibilityView(input, key)) return null;
    return {
      title: `Renames ${key}, which running code still uses by that name.`,
      consequence: `From the commit on, every statement of old code that names ${key} fails with 42P01.`,
      relations: [key],
    };
  },
};
