import { nameWithSize, type Rule } from '../rule.ts';
import { typeChangeOf } from '../type-change.ts';
import { forcedByUsing } from '../using-expression.ts';
import { rewrittenUnderLock } from '../work-under-lock.ts';

/** ALTER COLUMN TYPE ... USING, where the change alone would touch no row. */
export const usingForcesRewrite: Rule = {
  id: 'using-forces-rewrite',
  group: 'rewrite-under-lock',
  severity: 'error',
  about: ['alter-table'],
  commands: ['set-type'],
  growsWithTable: true,
  perCommand: true,
  summary: 'A change of type that is free by itself rewrites the table because of its USING.',
  remedy: 'Leave USING away; change values, where that is meant, in small batches and not by ALTER TABLE.',
  check(input) {
    const change = typeChangeOf(input);
    const work = rewrittenUnderLock(input);
    if (change === null || work === null || !forcedByUsing(change)) return null;
    const { key, column, command } = change;
    return {
      title: `Writes every row of ${nameWithSize(input, key)} anew only because of USING: ${column.name} as ${command.typeSql} needs none.`,
      ...work,
      remedy: 'Leave USING away; change values, where that is meant, in small batches and not by ALTER TABLE.',
    };
  },
};
