import { nameWithSize, type Rule } from '../rule.ts';
import { typeChangeOf } from '../type-change.ts';
import { list } from '../who-waits.ts';
import { indexesBuiltUnderLock } from '../work-under-lock.ts';

/** ALTER COLUMN TYPE that keeps the rows, and sorts their indexes anew. */
export const typeChangeRebuildsIndexes: Rule = {
  id: 'type-change-rebuilds-indexes',
  group: 'index-build-under-lock',
  severity: 'error',
  about: ['alter-table'],
  commands: ['set-type'],
  growsWithTable: true,
  perCommand: true,
  summary: 'A change of type or collation keeps the rows and builds the indexes of the column anew.',
  remedy:
    'Build an index for the new order first on a new column, or drop the index, change the type, and build it CONCURRENTLY.',
  check(input) {
    const change = typeChangeOf(input);
    const work = indexesBuiltUnderLock(input);
    if (change === null || work === null) return null;
    const indexes = list(input.facts.indexBuilds);
    return {
      title: `Keeps the rows of ${nameWithSize(input, change.key)}, and builds ${indexes} anew, as ${change.column.name} sorts otherwise.`,
      ...work,
    };
  },
};
