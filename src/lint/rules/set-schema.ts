import { getsCompatibilityView } from '../compatibility-view.ts';
import { renamedInUse } from '../renamed-in-use.ts';
import type { Rule } from '../rule.ts';

/** SET SCHEMA of a table or view in use. */
export const setSchema: Rule = {
  id: 'set-schema',
  group: 'old-code-breaks',
  severity: 'warning',
  about: ['set-schema'],
  summary: 'A table or view moves to another schema while running code looks for it in the old one.',
  remedy: 'Make a view in the old schema in the same transaction, and drop it when no old code runs any more.',
  check(input) {
    const { action } = input;
    const key = renamedInUse(input, 'set-schema');
    if (action.kind !== 'set-schema' || key === null || getsCompatibilityView(input, key)) return null;
    return {
      title: `Moves ${key} to the schema ${action.schema}.`,
      consequence: `From the commit on, code that names ${key}, or finds it through a search_path without ${action.schema}, fails with 42P01.`,
      relations: [key],
    };
  },
};
