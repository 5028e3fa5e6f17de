import { alterCommandOf } from '../alter-command-of.ts';
import { nameWithSize, type Rule } from '../rule.ts';
import { list } from '../who-waits.ts';
import { rewrittenUnderLock } from '../work-under-lock.ts';

/** SET TABLESPACE copies the file of the table under ACCESS EXCLUSIVE. */
export const setTablespace: Rule = {
  id: 'set-tablespace',
  group: 'rewrite-under-lock',
  severity: 'error',
  about: ['alter-table'],
  commands: ['set-tablespace'],
  growsWithTable: true,
  perCommand: true,
  summary: 'A table in use is copied to another tablespace while it is locked.',
  remedy: 'Fill a new table in the other tablespace in small batches while the old one stays in use, then switch.',
  check(input) {
    const work = rewrittenUnderLock(input);
    if (work === null || alterCommandOf(input, 'set-tablespace') === null) return null;
    const tables = list(work.relations.map((one) => nameWithSize(input, one)));
    return { title: `Copies ${tables} to another tablespace while it is locked.`, ...work };
  },
};
