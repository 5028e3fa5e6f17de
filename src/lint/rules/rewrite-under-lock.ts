import { nameWithSize, type Rule } from '../rule.ts';
import { list } from '../who-waits.ts';
import { rewrittenUnderLock } from '../work-under-lock.ts';

/** A table in use is written anew while it is locked. */
export const rewriteUnderLock: Rule = {
  id: 'rewrite-under-lock',
  severity: 'error',
  growsWithTable: true,
  summary: 'A table in use is written anew, row by row, while it is locked.',
  remedy: 'Copy the rows into a new column or table while the old one stays in use, then switch.',
  check(input) {
    const work = rewrittenUnderLock(input);
    if (work === null) return null;
    const tables = list(work.relations.map((one) => nameWithSize(input, one)));
    return { title: `Writes every row of ${tables} anew while it is locked.`, ...work };
  },
};
