import { columnThatRewrites } from '../added-column.ts';
import { nameWithSize, type Rule } from '../rule.ts';

/** ADD COLUMN of a domain with a CHECK or NOT NULL, with or without a default. */
export const addColumnConstrainedDomain: Rule = {
  id: 'add-column-constrained-domain',
  group: 'rewrite-under-lock',
  severity: 'error',
  about: ['alter-table'],
  commands: ['add-column'],
  growsWithTable: true,
  perCommand: true,
  summary: 'A column of a domain with constraints is added to a table in use: every row is rewritten.',
  remedy: "Add a column of the domain's base type, then its CHECK as NOT VALID, and VALIDATE it in a step of its own.",
  check(input) {
    const found = columnThatRewrites(input, 'domain');
    if (found === null) return null;
    const { column, key, relations, consequence } = found;
    return {
      title: `Checks every row of ${nameWithSize(input, key)} against the domain ${column.type.name} and writes the table anew.`,
      consequence,
      relations,
    };
  },
};
