import type { ForeignKeyConstraint } from '../../model/catalog.ts';
import { quoteIdentifier } from './quote.ts';

/**
 * A foreign key as a table constraint, with all that it says.
 *
 * @param moved what columns are called instead, on its own side and on the other.
 * @example foreignKeySql(constraint) // 'FOREIGN KEY (customer_id) REFERENCES public.customers (id) ON DELETE CASCADE'
 */
export function foreignKeySql(
  constraint: ForeignKeyConstraint,
  moved: { readonly own?: (column: string) => string; readonly referenced?: (column: string) => string } = {},
): string {
  const { own = same, referenced = same } = moved;
  const list = (columns: readonly string[], change: (column: string) => string): string =>
    `(${columns.map((column) => quoteIdentifier(change(column))).join(', ')})`;
  const set = constraint.onDeleteColumns === undefined ? '' : ` ${list(constraint.onDeleteColumns, own)}`;
  return [
    `FOREIGN KEY ${list(constraint.columns, own)} REFERENCES ${constraint.references} ${list(constraint.referencedColumns, referenced)}`,
    constraint.matchFull === true ? 'MATCH FULL' : '',
    isDefault(constraint.onDelete) ? '' : `ON DELETE ${constraint.onDelete.toUpperCase()}${set}`,
    isDefault(constraint.onUpdate) ? '' : `ON UPDATE ${constraint.onUpdate.toUpperCase()}`,
    deferralSql(constraint),
  ]
    .filter((part) => part !== '')
    .join(' ');
}

/** `DEFERRABLE INITIALLY DEFERRED`; empty for a constraint that is checked at once. */
export function deferralSql(constraint: { readonly deferrable: boolean; readonly initiallyDeferred?: true }): string {
  if (!constraint.deferrable) return '';
  return constraint.initiallyDeferred === true ? 'DEFERRABLE INITIALLY DEFERRED' : 'DEFERRABLE';
}

function same(column: string): string {
  return column;
}

function isDefault(action: string): boolean {
  return action === '' || action.toUpperCase() === 'NO ACTION';
}
