import { isOfType, newColumnsWhere } from '../new-columns.ts';
import { type Rule, STYLE } from '../rule.ts';
import { list } from '../who-waits.ts';

/** varchar(n) in a new column. */
export const preferText: Rule = {
  id: 'prefer-text',
  group: STYLE,
  severity: 'info',
  about: ['create-table', 'alter-table'],
  commands: ['add-column'],
  summary: 'A varchar has a limit; text with a CHECK does the same and can be changed at leisure.',
  remedy: 'Use text, with a CHECK on the length where there has to be a limit.',
  check(input) {
    const found = newColumnsWhere(input, (column) => isOfType(column, 'varchar') && column.type.modifiers.length > 0);
    if (found === null) return null;
    return {
      title: `Limits ${list(found.names)} of ${found.key} by varchar(n).`,
      consequence:
        'A bigger limit fails prepared statements, a smaller one rewrites the table; a CHECK is changed without either.',
      relations: [found.key],
      remedy: 'Use text, with a CHECK on the length where there has to be a limit.',
    };
  },
};
