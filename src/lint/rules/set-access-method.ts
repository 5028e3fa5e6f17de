import { alterCommandOf } from '../alter-command-of.ts';
import { nameWithSize, type Rule } from '../rule.ts';
import { list } from '../who-waits.ts';
import { rewrittenUnderLock } from '../work-under-lock.ts';

/** SET ACCESS METHOD writes the table anew under ACCESS EXCLUSIVE. */
export const setAccessMethod: Rule = {
  id: 'set-access-method',
  group: 'rewrite-under-lock',
  severity: 'error',
  about: ['alter-table'],
  commands: ['set-access-method'],
  growsWithTable: true,
  perCommand: true,
  summary: 'A table in use is written anew to be kept by another access method.',
  remedy: 'Fill a new table of that access method in small batches while the old one stays in use, then switch.',
  check(input) {
    const work = rewrittenUnderLock(input);
    if (work === null || alterCommandOf(input, 'set-access-method') === null) return null;
    const tables = list(work.relations.map((one) => nameWithSize(input, one)));
    return { title: `Writes every row of ${tables} anew to keep it by another access method.`, ...work };
  },
};
