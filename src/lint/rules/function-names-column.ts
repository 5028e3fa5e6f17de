import { alterCommandOf } from '../alter-command-of.ts';
import { functionsNaming } from '../functions-naming.ts';
import { renamedColumn } from '../renamed-column.ts';
import type { Rule, RuleInput } from '../rule.ts';
import { list } from '../who-waits.ts';

/** RENAME or DROP COLUMN under a function whose code names the column. */
export const functionNamesColumn: Rule = {
  id: 'function-names-column',
  severity: 'warning',
  about: ['alter-table', 'rename'],
  perCommand: true,
  summary: 'The code of a function names a column that goes or is renamed; it fails at its next call.',
  remedy: 'Change the function by CREATE OR REPLACE in the same transaction, right after the column.',
  check(input) {
    const gone = input.facts.failure === null ? goneColumn(input) : null;
    if (gone === null) return null;
    const functions = functionsNaming(input.catalog, gone.key, gone.column).filter((one) => !isReplaced(input, one));
    if (functions.length === 0) return null;
    return {
      title: `Leaves ${list(functions)} with the name ${gone.column} of ${gone.key}, which is gone.`,
      consequence: 'The server does not look into the code: the next call fails with 42703, and with it what calls it.',
      relations: [gone.key],
      remedy: 'Change the function by CREATE OR REPLACE in the same transaction, right after the column.',
    };
  },
};

function goneColumn(input: RuleInput): { readonly key: string; readonly column: string } | null {
  const dropped = alterCommandOf(input, 'drop-column');
  if (dropped !== null) return { key: dropped.key, column: dropped.command.column };
  const renamed = renamedColumn(input);
  return renamed === null ? null : { key: renamed.key, column: renamed.from };
}

/** Later statements, in the same file or after it, that write the function anew or drop it. */
function isReplaced(input: RuleInput, name: string): boolean {
  for (const action of input.later('create-function', 'drop')) {
    const names = action.kind === 'create-function' ? [action.name] : action.kind === 'drop' ? action.names : [];
    if (names.some((one) => name === one.name || name.endsWith(`.${one.name}`))) return true;
  }
  return false;
}
