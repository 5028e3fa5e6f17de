import type { AlterCommand } from '../../model/alter-command.ts';
import type { Catalog, Column, Table } from '../../model/catalog.ts';
import { tableOf } from '../../model/catalog-lookup.ts';
import type { ColumnDefinition, ConstraintDefinition } from '../../model/definition.ts';
import type { Expression } from '../../model/expression.ts';
import { type RelationKey, type RelationReference, relationKey } from '../../model/relation-name.ts';
import { quoteLiteral } from '../../sql/postgres/quote.ts';
import { directPartitions, treeOf, updateColumn, updateTable } from '../edit-catalog.ts';
import { addConstraint } from './add-constraint.ts';
import { addOwnedSequence } from './add-sequence.ts';
import { resolveDefault, resolveType } from './resolve-names.ts';
import { sequenceNamesIn } from './sequence-names-in.ts';
import { setNotNull } from './set-not-null.ts';

/** From 17 on the partitions' columns are identity columns too. */
export const PARTITION_IDENTITY_SINCE = 17;

/** ADD COLUMN: in the table and in all that inherit from it, with its sequence and its constraints. */
export function addColumn(
  catalog: Catalog,
  key: RelationKey,
  command: Extract<AlterCommand, { kind: 'add-column' }>,
  only: boolean,
): Catalog {
  const { column: definition } = command;
  const table = tableOf(catalog, key);
  if (table === null || table.columns.some((column) => column.name === definition.name)) return catalog;
  const column = columnOf(catalog, definition);
  let changed = catalog;
  for (const target of treeOf(catalog, key, only)) {
    changed = updateTable(changed, target, (one) => withColumn(one, target === key ? column : inherited(column)));
  }
  changed = addColumnSequence(changed, table, definition, sequenceNamesIn(command.sql)[0]);
  if (definition.default !== null || definition.serial) changed = spreadDefault(changed, key, definition.name, only);
  changed = addColumnNotNull(changed, key, definition, only);
  for (const constraint of inServerOrder(definition.constraints)) {
    changed = addConstraint(changed, key, constraint, { only, fresh: true });
  }
  return changed;
}

/** The column that a definition means, before sequences and constraints. */
export function columnOf(catalog: Catalog, definition: ColumnDefinition): Column {
  const type = resolveType(catalog, definition.type);
  return {
    name: definition.name,
    type,
    notNull: false,
    default: resolveDefault(catalog, definition.default, type),
    identity: definition.identity,
    generated: definition.generated,
    collation: collationOf(definition.collation),
  };
}

/** A collation as the server names it: without pg_catalog, and none where it is the type's own. */
export function collationOf(written: string | null): string | null {
  const bare = written?.replace(/^pg_catalog\./, '') ?? null;
  return bare === '"default"' ? null : bare;
}

function inherited(column: Column): Column {
  return { ...column, identity: null };
}

function withColumn(table: Table, column: Column): Table {
  const exists = table.columns.some((own) => own.name === column.name);
  return exists ? table : { ...table, columns: [...table.columns, column] };
}

/** The sequence of a serial or identity column, and what the column takes from it. */
export function addColumnSequence(
  catalog: Catalog,
  table: Table,
  definition: ColumnDefinition,
  sequenceName: RelationReference | null = null,
): Catalog {
  if (!definition.serial && definition.identity === null) return catalog;
  const key = relationKey(table.name);
  const { catalog: withSequence, sequence } = addOwnedSequence(
    catalog,
    table.name,
    definition.name,
    definition.type.name,
    sequenceName,
  );
  if (definition.serial) {
    const next = nextValue(sequence);
    return updateColumn(withSequence, key, definition.name, (column) => ({ ...column, default: next }));
  }
  return spreadIdentity(withSequence, key, definition.name, definition.identity);
}

/** `nextval('public.orders_id_seq'::regclass)`, as the server prints the default of a serial column. */
export function nextValue(sequence: RelationKey): Expression {
  return {
    sql: `nextval(${quoteLiteral(sequence)}::regclass)`,
    isConstant: false,
    functions: ['nextval'],
    columns: [],
    provesNotNull: [],
  };
}

/** An identity property (null takes it away) on a column and, where the server does so, on its partitions. */
export function spreadIdentity(
  catalog: Catalog,
  key: RelationKey,
  column: string,
  identity: Column['identity'],
): Catalog {
  let changed = updateColumn(catalog, key, column, (one) => ({ ...one, identity }));
  if (catalog.serverMajor < PARTITION_IDENTITY_SINCE) return changed;
  for (const partition of directPartitions(catalog, key)) {
    changed = spreadIdentity(changed, relationKey(partition.name), column, identity);
  }
  return changed;
}

function spreadDefault(catalog: Catalog, key: RelationKey, name: string, only: boolean): Catalog {
  const value = tableOf(catalog, key)?.columns.find((column) => column.name === name)?.default ?? null;
  let changed = catalog;
  for (const target of treeOf(catalog, key, only)) {
    changed = updateColumn(changed, target, name, (column) => ({ ...column, default: value }));
  }
  return changed;
}

/** NOT NULL as the definition says it or as serial and identity bring it with them. */
export function addColumnNotNull(
  catalog: Catalog,
  key: RelationKey,
  definition: ColumnDefinition,
  only: boolean,
): Catalog {
  if (!definition.notNull && !definition.serial && definition.identity === null) return catalog;
  const named = definition.constraints.find((constraint) => constraint.kind === 'not-null');
  return setNotNull(catalog, key, definition.name, { name: named?.name ?? null, valid: true, only });
}

const ORDER: readonly ConstraintDefinition['kind'][] = [
  'check',
  'not-null',
  'primary-key',
  'unique',
  'exclude',
  'foreign-key',
];

/** The order in which the server makes constraints, and so hands out their names. */
export function inServerOrder(constraints: readonly ConstraintDefinition[]): readonly ConstraintDefinition[] {
  return [...constraints].sort((a, b) => rank(a) - rank(b));
}

function rank(constraint: ConstraintDefinition): number {
  // UNIQUE and EXCLUDE keep the order of the statement.
  return ORDER.indexOf(constraint.kind === 'exclude' ? 'unique' : constraint.kind);
}
