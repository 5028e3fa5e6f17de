import { alterCommandOf } from '../alter-command-of.ts';
import { nameWithSize, type Rule } from '../rule.ts';
import { rewrittenUnderLock } from '../work-under-lock.ts';

/** ALTER COLUMN SET EXPRESSION of a stored column (17 and later). */
export const setExpressionRewrites: Rule = {
  id: 'set-expression-rewrites',
  group: 'rewrite-under-lock',
  severity: 'error',
  about: ['alter-table'],
  commands: ['set-expression'],
  growsWithTable: true,
  perCommand: true,
  summary: 'A stored generated column gets another expression and is computed anew for every row.',
  remedy: 'Add a second column with the new expression in a safe way (VIRTUAL on 18), and move the readers over.',
  check(input) {
    const found = alterCommandOf(input, 'set-expression');
    const work = rewrittenUnderLock(input);
    if (found === null || work === null) return null;
    return {
      title: `Computes ${found.command.column} anew for every row of ${nameWithSize(input, found.key)}, and writes the table anew.`,
      ...work,
    };
  },
};
