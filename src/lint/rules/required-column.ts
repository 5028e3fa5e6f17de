import { addedColumn } from '../added-column.ts';
import { alterCommandOf } from '../alter-command-of.ts';
import { isValidNotNull, notNullProofs } from '../not-null-proof.ts';
import type { Rule, RuleInput } from '../rule.ts';

/** A column that every INSERT has to name from now on, while code that does not know it still runs. */
export const requiredColumn: Rule = {
  id: 'required-column',
  group: 'old-code-breaks',
  severity: 'warning',
  about: ['alter-table'],
  commands: ['add-column', 'set-not-null', 'drop-default', 'drop-identity', 'drop-expression'],
  perCommand: true,
  summary: 'INSERTs that leave the column out start to fail; code that runs now may be full of them.',
  remedy: 'Keep a default, or let the column take NULL, until no code runs any more that leaves it out.',
  check(input) {
    const found = input.facts.failure === null ? requiredBy(input) : null;
    if (found === null) return null;
    return {
      title: `Makes every INSERT into ${found.key} name ${found.column}.`,
      consequence: `INSERTs that leave ${found.column} out fail with 23502 from the moment it commits.`,
      relations: [found.key],
      remedy: 'Keep a default, or let the column take NULL, until no code runs any more that leaves it out.',
    };
  },
};

function requiredBy(input: RuleInput): { readonly key: string; readonly column: string } | null {
  const added = addedColumn(input);
  if (added !== null) {
    const isRequired = input.facts.breaks.some(({ kind }) => kind === 'required-column');
    return isRequired ? { key: added.key, column: added.column.name } : null;
  }
  return tightened(input) ?? withoutItsValue(input);
}

/** SET NOT NULL of a column without a default, where no CHECK has kept NULLs out for long. */
function tightened(input: RuleInput): { readonly key: string; readonly column: string } | null {
  const found = alterCommandOf(input, 'set-not-null');
  const column = found?.table?.columns.find(({ name }) => name === found.command.column);
  if (found?.table == null || column === undefined || column.notNull) return null;
  const fillsItself = column.default !== null || column.identity !== null || column.generated !== null;
  const isChecked = found.table.constraints.some(
    (one) => one.kind === 'check' && one.expression.provesNotNull.includes(column.name),
  );
  return fillsItself || isChecked ? null : { key: found.key, column: column.name };
}

/** DROP DEFAULT, DROP IDENTITY and DROP EXPRESSION of a column that is NOT NULL. */
function withoutItsValue(input: RuleInput): { readonly key: string; readonly column: string } | null {
  for (const kind of ['drop-default', 'drop-identity', 'drop-expression'] as const) {
    const found = alterCommandOf(input, kind);
    const column = found?.table?.columns.find(({ name }) => name === found.command.column);
    if (found?.table == null || column === undefined) continue;
    const hadValue = column.default !== null || column.identity !== null;
    const takesNull = !isValidNotNull(found.table, column.name) && notNullProofs(found.table, column.name).length === 0;
    if (hadValue && !takesNull) return { key: found.key, column: column.name };
  }
  return null;
}
