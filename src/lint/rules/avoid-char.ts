import { isOfType, newColumnsWhere } from '../new-columns.ts';
import { type Rule, STYLE } from '../rule.ts';
import { list } from '../who-waits.ts';

/** char(n) in a new column. */
export const avoidChar: Rule = {
  id: 'avoid-char',
  group: STYLE,
  severity: 'info',
  about: ['create-table', 'alter-table'],
  commands: ['add-column'],
  summary: 'A char(n) pads every value with blanks, which count here and not there.',
  remedy: 'Use text.',
  check(input) {
    const found = newColumnsWhere(input, (column) => isOfType(column, 'bpchar'));
    if (found === null) return null;
    return {
      title: `Pads ${list(found.names)} of ${found.key} with blanks.`,
      consequence:
        'Values come back longer than they were written, and turning the column into text later rewrites the table.',
      relations: [found.key],
      remedy: 'Use text.',
    };
  },
};
