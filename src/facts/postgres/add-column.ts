import type { AlterTable } from '../../model/action.ts';
import type { AlterCommandOf } from '../../model/alter-command.ts';
import type { Table } from '../../model/catalog.ts';
import { findFunction, findType } from '../../model/catalog-lookup.ts';
import type { ColumnDefinition } from '../../model/definition.ts';
import type { Expression } from '../../model/expression.ts';
import { type RelationReference, relationKey } from '../../model/relation-name.ts';
import { addConstraintFacts } from './add-constraint.ts';
import { passOfConstraint } from './alter-pass.ts';
import { baseTypeOf, isConstrainedDomain, isUserType } from './base-type.ts';
import type { KeyKind } from './constraint-place.ts';
import { type FactsContext, hasChildren, isSystemColumn, lockTree, rewriteTree, scanTree } from './facts-context.ts';
import { addFailure, atRank } from './facts-draft.ts';
import { refuseMutable } from './mutability.ts';
import { lockNextvalSequences } from './nextval-sequences.ts';
import { refuseCollation } from './refuse-collation.ts';
import { refuseDefault } from './refuse-default.ts';
import { refuseUnknownFunctions, refuseUnknownType } from './refuse-unknown.ts';
import { refuseCompression } from './storage-facts.ts';
import { fillsItself } from './table-in-pass.ts';
import { volatilityOf } from './volatility.ts';

/** ADD COLUMN: ACCESS EXCLUSIVE on the table and all below it; a rewrite when every row needs a value of its own. */
export function addColumnFacts(
  context: FactsContext,
  table: Table,
  { column, ifNotExists }: Pick<AlterCommandOf<'add-column'>, 'column' | 'ifNotExists'>,
  action: AlterTable,
  bringsKey: KeyKind | null,
): void {
  const { draft } = context;
  const { only } = action;
  if (table.partitionOf !== null) {
    addFailure(draft, '42809', `${relationKey(table.name)} is a partition: its parent gets the column`);
  }
  if (table.columns.some((one) => one.name === column.name)) {
    lockTree(context, table, 'ACCESS EXCLUSIVE', true);
    if (!ifNotExists) addFailure(draft, '42701', `the column ${column.name} exists already`);
    draft.because.add(`The column ${column.name} exists already.`);
    return;
  }
  lockTree(context, table, 'ACCESS EXCLUSIVE', only);
  refuseAddColumn(context, table, column, only);
  const rewrite = rewriteReason(context, column);
  if (rewrite !== null) {
    rewriteTree(context, table, only);
    draft.because.add(rewrite);
  } else {
    draft.because.add('Adding a column takes ACCESS EXCLUSIVE and changes the catalog only (measured on 13 to 18).');
  }
  if (column.default !== null) lockNextvalSequences(context, column.default);
  if (column.notNull && !fillsItself(column)) requiredColumn(context, table, column, only);
  for (const constraint of column.constraints) {
    atRank(draft, passOfConstraint(constraint.kind), () =>
      addConstraintFacts(context, table, constraint, { only, newColumn: column, bringsKey }),
    );
  }
}

/** A generated column must answer the same tomorrow; a virtual one is made of nothing but what the server brings. */
export function refuseGenerated(
  context: FactsContext,
  table: Pick<Table, 'columns'>,
  column: ColumnDefinition,
  value: Expression,
): void {
  for (const name of value.columns) {
    const source = table.columns.find((one) => one.name === name);
    if (source?.generated != null)
      addFailure(context.draft, '42P17', `${column.name} cannot be computed from ${name}, which is generated itself`);
    if (source === undefined && table.columns.length > 0 && !isSystemColumn(name) && name !== column.name) {
      addFailure(context.draft, '42703', `there is no column ${name} to compute ${column.name} from`);
    }
  }
  refuseUnknownFunctions(context, value);
  refuseMutable(context, table, value, column.name);
  if (column.generated !== 'virtual') return;
  const own = value.functions.find((name) => findFunction(context.catalog, functionReference(name)) !== null);
  if (own !== undefined) addFailure(context.draft, '0A000', `the virtual column ${column.name} calls ${own}()`);
}

function functionReference(name: string): RelationReference {
  const [first = '', second] = name.split('.');
  return second === undefined ? { schema: null, name: first } : { schema: first, name: second };
}

/** Identity columns reach partitions from PostgreSQL 17 on. */
const PARTITIONED_IDENTITY_SINCE = 17;

function refuseAddColumn(context: FactsContext, table: Table, column: ColumnDefinition, only: boolean): void {
  const { draft, version } = context;
  const key = relationKey(table.name);
  const isParent = hasChildren(context, table);
  const isWhole = ['int2', 'int4', 'int8'].includes(baseTypeOf(context, column.type).name);
  if (column.identity !== null && !isWhole) addFailure(draft, '22023', `${column.name} is no whole number`);
  const cannotSpread = table.partitionBy === null || version.major < PARTITIONED_IDENTITY_SINCE;
  if (column.identity !== null && isParent && cannotSpread) {
    addFailure(draft, '42P16', `an identity column cannot be added to ${key} and the tables below it at once`);
  }
  if (column.generated === 'virtual' && isUserType(context, column.type)) {
    addFailure(draft, '0A000', `a virtual column cannot have the type ${column.type.name}, which is not built in`);
  }
  if ((column.serial ? 1 : 0) + (column.default === null ? 0 : 1) + (column.identity === null ? 0 : 1) > 1) {
    addFailure(draft, '42601', `${column.name} would get its values from two places`);
  }
  if (column.generated !== null && column.default !== null) refuseGenerated(context, table, column, column.default);
  refuseUnknownType(context, column.type);
  refuseCollation(context, `${key}.${column.name}`, column);
  if (column.compression !== undefined) refuseCompression(context, `${key}.${column.name}`, column.type);
  if (column.default !== null && column.generated === null) {
    refuseDefault(context, `${key}.${column.name}`, column.type, column.default);
  }
  if (only && isParent) addFailure(draft, '42P16', `the tables below ${key} need the column too`);
}

function requiredColumn(context: FactsContext, table: Table, column: ColumnDefinition, only: boolean): void {
  scanTree(context, table, only);
  context.draft.because.add('A NOT NULL column without a default fails with 23502 as soon as the table holds one row.');
  context.draft.breaks.push({
    kind: 'required-column',
    what: `${relationKey(table.name)}.${column.name}`,
    sentence: `INSERTs that do not name ${column.name} fail with 23502.`,
  });
}

function rewriteReason(context: FactsContext, column: ColumnDefinition): string | null {
  if (column.serial) return `${column.typeSql} calls nextval() for every row, so the table is rewritten.`;
  if (column.identity !== null) return 'An identity column takes a number for every row, so the table is rewritten.';
  if (column.generated === 'stored')
    return 'A stored generated column is computed for every row, so the table is rewritten.';
  if (column.generated === 'virtual') return null;
  if (isConstrainedDomain(context, column.type)) {
    const name = findType(context.catalog, column.type)?.name.name ?? column.type.name;
    return `The domain ${name} has constraints, so every row is checked and written anew.`;
  }
  if (column.default === null) return null;
  const volatility = volatilityOf(context, column.default);
  if (volatility.kind === 'unknown') {
    context.draft.unknown.add(
      `The volatility of the function ${volatility.function} is not known: if it is volatile, the table is rewritten.`,
    );
  }
  return volatility.kind === 'every-row'
    ? `The default calls ${volatility.function}(), which answers anew for every row, so the table is rewritten.`
    : null;
}
