import type { Table } from '../../model/catalog.ts';
import { findType } from '../../model/catalog-lookup.ts';
import type { ColumnDefinition } from '../../model/definition.ts';
import { relationKey } from '../../model/relation-name.ts';
import { addConstraintFacts } from './add-constraint.ts';
import { type FactsContext, hasStorage, lockTree, withDescendants } from './facts-context.ts';
import { addLock } from './facts-draft.ts';
import { volatilityOf } from './volatility.ts';

/** ADD COLUMN: ACCESS EXCLUSIVE on the table and all below it; a rewrite when every row needs a value of its own. */
export function addColumnFacts(context: FactsContext, table: Table, column: ColumnDefinition, only: boolean): void {
  lockTree(context, table, 'ACCESS EXCLUSIVE', only);
  const tree = only ? [table] : withDescendants(context, table);
  const rewrite = rewriteReason(context, column);
  if (rewrite !== null) {
    for (const one of tree) if (hasStorage(one)) context.draft.rewrites.add(relationKey(one.name));
    context.draft.because.add(rewrite);
  } else if (column.default !== null || !column.notNull) {
    context.draft.because.add(
      'Adding a column takes ACCESS EXCLUSIVE and changes the catalog only (measured on 13 to 18).',
    );
  }
  lockDefaultSequences(context, column);
  if (column.notNull && !fillsItself(column)) requiredColumn(context, tree, table, column);
  for (const constraint of column.constraints) {
    addConstraintFacts(context, table, constraint, { only, newColumn: column });
  }
}

function fillsItself(column: ColumnDefinition): boolean {
  return column.default !== null || column.serial || column.identity !== null || column.generated !== null;
}

function requiredColumn(context: FactsContext, tree: readonly Table[], table: Table, column: ColumnDefinition): void {
  for (const one of tree) if (hasStorage(one)) context.draft.scans.add(relationKey(one.name));
  const what = `${relationKey(table.name)}.${column.name}`;
  context.draft.because.add(`A NOT NULL column without a default fails with 23502 as soon as the table holds one row.`);
  context.draft.breaks.push({
    kind: 'required-column',
    what,
    sentence: `INSERTs that do not name ${column.name} fail with 23502.`,
  });
}

function rewriteReason(context: FactsContext, column: ColumnDefinition): string | null {
  if (column.serial) return `${column.typeSql} calls nextval() for every row, so the table is rewritten.`;
  if (column.identity !== null) return 'An identity column takes a number for every row, so the table is rewritten.';
  if (column.generated === 'stored')
    return 'A stored generated column is computed for every row, so the table is rewritten.';
  if (column.generated === 'virtual') return null;
  const domain = constrainedDomain(context, column);
  if (domain !== null) return `The domain ${domain} has constraints, so every row is checked and written anew.`;
  if (column.default === null) return null;
  const volatility = volatilityOf(context, column.default);
  if (volatility.kind === 'unknown') {
    context.draft.unknown.add(
      `The volatility of the function ${volatility.function} is not known: if it is volatile, the table is rewritten.`,
    );
  }
  if (volatility.kind === 'once') return null;
  return volatility.kind === 'every-row'
    ? `The default calls ${volatility.function}(), which answers anew for every row, so the table is rewritten.`
    : null;
}

function constrainedDomain(context: FactsContext, column: ColumnDefinition): string | null {
  const type = findType(context.catalog, column.type);
  if (type?.kind !== 'domain') return null;
  if (type.notNull || type.constraints.length > 0) return type.name.name;
  return constrainedDomain(context, { ...column, type: type.base });
}

/** A default of nextval('s') opens the sequence as a writer does. */
function lockDefaultSequences(context: FactsContext, column: ColumnDefinition): void {
  if (column.default === null || !column.default.functions.includes('nextval')) return;
  const named = /nextval\(\s*'([^']+)'/i.exec(column.default.sql)?.[1];
  if (named === undefined) return;
  const parts = named.replaceAll('"', '').split('.');
  const name = parts[parts.length - 1] ?? named;
  for (const [key, relation] of Object.entries(context.catalog.relations)) {
    if (relation.kind !== 'sequence' || relation.name.name !== name) continue;
    if (parts.length > 1 && relation.name.schema !== parts[0]) continue;
    addLock(context.draft, key, 'ROW EXCLUSIVE');
  }
}
