import type { Column, Table } from '../../model/catalog.ts';
import { childrenOf, referencingTables } from '../../model/catalog-lookup.ts';
import type { DataType } from '../../model/data-type.ts';
import type { RelationKey } from '../../model/relation-name.ts';
import {
  alwaysFits,
  type ColumnReplacement,
  closeToUnfit,
  columnReplacement,
  copyOldRows,
  followOldColumn,
  sameConstraints,
  sameIndexes,
  swapSql,
} from '../column-replacement.ts';
import { columnIsGone } from '../post-condition.ts';
import type { Recipe, RecipeInput } from '../recipe.ts';
import { refusesNull } from '../refuses-null.ts';
import type { GateDraft, TransactionDraft } from '../step-draft.ts';
import { alterTarget } from '../target-table.ts';

/**
 * A type change that rewrites: a new column of the new type follows the old one by trigger, is filled batch by batch,
 * gets the same indexes and constraints without a lock that anybody feels, and takes the old one's place in a moment.
 */
export const typeByNewColumn: Recipe = {
  name: 'type-by-new-column',
  rung: 'new-column-backfill',
  summary: 'Add a column of the new type, keep it in step by a trigger, copy in small batches, then swap.',
  plan(input) {
    const target = alterTarget(input, 'set-type');
    if (target === null || input.facts.failure !== null) return null;
    if (!input.facts.rewrites.includes(target.key)) return null;
    const column = target.table.columns.find((one) => one.name === target.command.column);
    const { table, key, command } = target;
    if (column === undefined || !canBeReplaced(input, { table, key, type: command.type }, column)) return null;
    const change = columnReplacement(target.table, target.key, column, target.command);
    const fits = alwaysFits(column, command);
    // Where a value may not fit, a constraint on the copy would refuse what old code writes.
    return [
      ...followOldColumn(change),
      copyOldRows(change),
      ...(fits ? sameConstraints(change) : []),
      ...sameIndexes(change),
      typeGate(change),
      ...(fits ? [] : [...closeToUnfit(change), ...sameConstraints(change)]),
      swap(input, change),
    ];
  },
};

/** Keys that others refer to, and columns that the server counts up by itself, need more than a second column. */
export function canBeReplaced(
  input: Pick<RecipeInput, 'catalog'>,
  { table, key, type }: { readonly table: Table; readonly key: RelationKey; readonly type: DataType },
  column: Column,
): boolean {
  const isReferenced = referencingTables(input.catalog, key).some((peer) =>
    peer.constraint.referencedColumns.includes(column.name),
  );
  const isKey = table.constraints.some(
    (one) =>
      (one.kind === 'primary-key' || one.kind === 'exclude') &&
      (!('columns' in one) || one.columns.includes(column.name)),
  );
  // Rows of tables that inherit are changed by statements that this table's trigger does not see.
  const isParent = childrenOf(input.catalog, key).length > 0;
  const isGeneratedFrom = table.columns.some(
    (one) => one.generated !== null && one.default?.columns.includes(column.name),
  );
  return (
    !isReferenced &&
    !isParent &&
    !refusesNull(input.catalog, type) &&
    !isKey &&
    !isGeneratedFrom &&
    table.partitionBy === null &&
    table.partitionOf === null &&
    table.inherits.length === 0 &&
    column.identity === null &&
    column.generated === null &&
    table.triggers.every((one) => !one.columns.includes(column.name))
  );
}

/** Before the column has its new type, the application has to be able to live with it. */
export function typeGate({ key, column, command }: ColumnReplacement): GateDraft {
  return {
    kind: 'gate',
    name: `gate-type-${column.name}`,
    phase: 'contract',
    why: 'From the next step on the column has its new type; prepared statements that return it have to be prepared again.',
    deploy: `Deploy code that can read and write ${key}.${column.name} as ${command.typeSql} (a driver may hand it over as another type: node-postgres gives bigint as a string), and wait until no older version runs.`,
  };
}

function swap(input: RecipeInput, change: ColumnReplacement): TransactionDraft {
  return {
    kind: 'transaction',
    name: `swap-${change.column.name}`,
    phase: 'contract',
    why: 'The new column takes the place of the old one: catalog work only, a moment under ACCESS EXCLUSIVE.',
    sql: swapSql(input, change),
    undo: null,
    postCondition: columnIsGone(change.key, change.newColumn),
  };
}
