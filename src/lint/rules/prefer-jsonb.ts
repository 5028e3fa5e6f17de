import { isOfType, newColumnsWhere } from '../new-columns.ts';
import { type Rule, STYLE } from '../rule.ts';
import { list } from '../who-waits.ts';

/** json in a new column. */
export const preferJsonb: Rule = {
  id: 'prefer-jsonb',
  group: STYLE,
  severity: 'info',
  about: ['create-table', 'alter-table'],
  commands: ['add-column'],
  summary: 'A json column keeps text, without equality and indexes; jsonb has both.',
  remedy: 'Use jsonb, unless the text itself has to be kept to the letter.',
  check(input) {
    const found = newColumnsWhere(input, (column) => isOfType(column, 'json'));
    if (found === null) return null;
    return {
      title: `Keeps ${list(found.names)} of ${found.key} as json.`,
      consequence: 'It is parsed at each use, cannot be compared, and turning it into jsonb later rewrites the table.',
      relations: [found.key],
      remedy: 'Use jsonb, unless the text itself has to be kept to the letter.',
    };
  },
};
