import { nameWithSize, type Rule } from '../rule.ts';
import { typeChangeOf } from '../type-change.ts';
import { forcedByUsing } from '../using-expression.ts';
import { rewrittenUnderLock } from '../work-under-lock.ts';

/** ALTER COLUMN TYPE whose stored values do not fit the new type. */
export const typeChangeRewrite: Rule = {
  id: 'type-change-rewrite',
  group: 'rewrite-under-lock',
  severity: 'error',
  about: ['alter-table'],
  commands: ['set-type'],
  growsWithTable: true,
  perCommand: true,
  summary: 'A column gets a type whose stored form differs, so the whole table is rewritten.',
  remedy: 'Add a column of the new type, keep it in step by a trigger, copy in small batches, then swap.',
  check(input) {
    const change = typeChangeOf(input);
    const work = rewrittenUnderLock(input);
    if (change === null || work === null || forcedByUsing(change)) return null;
    const { key, column, command } = change;
    return {
      title: `Turns ${column.name} of ${nameWithSize(input, key)} into ${command.typeSql}, and writes every row anew.`,
      ...work,
    };
  },
};
