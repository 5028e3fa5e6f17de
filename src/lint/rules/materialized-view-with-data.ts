import { storedQuery } from '../query-in-migration.ts';
import { nameWithSize, type Rule } from '../rule.ts';
import { list } from '../who-waits.ts';

/** CREATE MATERIALIZED VIEW runs its query inside the migration. */
export const materializedViewWithData: Rule = {
  id: 'materialized-view-with-data',
  group: 'unknown-effect',
  severity: 'warning',
  about: ['create-table-as'],
  growsWithTable: true,
  summary: 'The query of a new materialized view runs inside the migration.',
  remedy: 'Create it WITH NO DATA and refresh it afterwards, before the first code that reads it.',
  check(input) {
    const query = storedQuery(input, 'materialized-view');
    if (query === null) return null;
    return {
      title: `Reads ${list(query.reads.map((one) => nameWithSize(input, one)))} to fill the new view ${query.name}.`,
      consequence:
        'Nobody waits for the query itself, but the migration lasts as long as it does, and so do the locks that its transaction holds already and the snapshot that keeps VACUUM from cleaning up.',
      relations: input.facts.locks.map((lock) => lock.relation),
    };
  },
};
