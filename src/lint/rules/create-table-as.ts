import { storedQuery } from '../query-in-migration.ts';
import { nameWithSize, type Rule } from '../rule.ts';
import { list } from '../who-waits.ts';

/** CREATE TABLE AS and SELECT INTO copy rows inside the migration. */
export const createTableAs: Rule = {
  id: 'create-table-as',
  group: 'unknown-effect',
  severity: 'warning',
  about: ['create-table-as'],
  growsWithTable: true,
  summary: 'Rows of a table in use are copied into a new one inside the migration.',
  remedy: 'Create the table empty, and copy the rows in small batches outside of the migration.',
  check(input) {
    const query = storedQuery(input, 'table');
    if (query === null) return null;
    return {
      title: `Copies from ${list(query.reads.map((one) => nameWithSize(input, one)))} into ${query.name} inside the migration.`,
      consequence:
        'What is written meanwhile is missing in the copy, which has no key, default or constraint either; the migration and the locks that its transaction holds last as long as the query.',
      relations: input.facts.locks.map((lock) => lock.relation),
    };
  },
};
