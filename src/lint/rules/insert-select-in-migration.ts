import { nameWithSize, type Rule } from '../rule.ts';
import { list } from '../who-waits.ts';

/** A table in use is copied by one INSERT ... SELECT. */
export const insertSelectInMigration: Rule = {
  id: 'insert-select-in-migration',
  severity: 'warning',
  about: ['dml'],
  growsWithTable: true,
  summary: 'INSERT ... SELECT copies a table in use in full, in one transaction.',
  remedy: 'Copy in batches by key, with a trigger that keeps both sides in step while rows are written meanwhile.',
  check(input) {
    const { action, facts, isUsed } = input;
    if (action.kind !== 'dml' || action.verb !== 'insert' || action.readsInFull !== true) return null;
    const read = facts.scans.filter((one) => isUsed(one));
    if (read.length === 0 || action.writes.length === 0) return null;
    return {
      title: `Copies every row of ${list(read.map((one) => nameWithSize(input, one)))} in one transaction.`,
      consequence:
        'Rows that are written while it runs are missing in the copy, and VACUUM cannot clean up anywhere in the database until it ends.',
      relations: read,
    };
  },
};
