import type { ConstraintDefinition } from '../../model/definition.ts';
import { quoteIdentifier } from '../../sql/postgres/quote.ts';
import { columnSql } from '../column-sql.ts';
import type { Recipe } from '../recipe.ts';
import type { StepDraft } from '../step-draft.ts';
import { alterTarget } from '../target-table.ts';

/** ADD COLUMN with constraints written at it: the column first, then each constraint in the way that suits it. */
export const addColumnApart: Recipe = {
  name: 'add-column-apart',
  rung: 'catalog-only',
  summary: 'Add the column alone, then each of its constraints in the way that suits it.',
  plan(input) {
    const target = alterTarget(input, 'add-column');
    if (target === null) return null;
    const { column, ifNotExists } = target.command;
    const apart = column.constraints.filter((constraint) => constraint.kind !== 'not-null');
    if (apart.length === 0 || target.table.columns.some((one) => one.name === column.name)) return null;
    const only = target.only ? 'ONLY ' : '';
    return [
      {
        kind: 'replan',
        sql: `ALTER TABLE ${only}${target.key} ADD COLUMN ${ifNotExists ? 'IF NOT EXISTS ' : ''}${columnSql(column)}`,
      },
      ...apart.map(
        (constraint): StepDraft => ({
          kind: 'replan',
          sql: `ALTER TABLE ${only}${target.key} ADD ${constraintSql(constraint)}`,
        }),
      ),
    ];
  },
};

function constraintSql(constraint: ConstraintDefinition): string {
  const name = constraint.name === null ? '' : `CONSTRAINT ${quoteIdentifier(constraint.name)} `;
  return `${name}${constraint.sql}`;
}
