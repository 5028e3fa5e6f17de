import { addedColumn } from '../added-column.ts';
import type { Rule } from '../rule.ts';

/** ADD COLUMN ... json: the first column of the table that cannot be compared. */
export const addColumnJson: Rule = {
  id: 'add-column-json',
  severity: 'warning',
  about: ['alter-table'],
  commands: ['add-column'],
  perCommand: true,
  summary: 'A json column is added: queries that compare whole rows of the table start to fail.',
  remedy: 'Use jsonb, which can be compared, sorted and indexed.',
  check(input) {
    const added = addedColumn(input);
    if (added === null || !isJson(added.column) || added.table?.columns.some(isJson) === true) return null;
    return {
      title: `Adds ${added.column.name} to ${added.key} as json, which has no equality.`,
      consequence:
        'SELECT DISTINCT *, GROUP BY and UNION over whole rows of the table fail with 42883 from then on, wherever running code has them.',
      relations: [added.key],
    };
  },
};

function isJson({ type }: { readonly type: { readonly name: string; readonly schema: string | null } }): boolean {
  return type.name === 'json' && type.schema === null;
}
