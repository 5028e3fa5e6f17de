import type { CreateTable } from '../../model/action.ts';
import { bareTable } from '../../model/bare-table.ts';
import type { Catalog, Column, Table } from '../../model/catalog.ts';
import { findIndex, findTable, nameForCreation, TEMPORARY_SCHEMA, tableOf } from '../../model/catalog-lookup.ts';
import type { ConstraintDefinition, KeyDefinition } from '../../model/definition.ts';
import { type QualifiedName, type RelationKey, relationKey } from '../../model/relation-name.ts';
import { putRelation, updateTable } from '../edit-catalog.ts';
import {
  addColumnNotNull,
  addColumnSequence,
  columnOf,
  inServerOrder,
  PARTITION_IDENTITY_SINCE,
} from './add-column.ts';
import { addConstraint, mergeCheck } from './add-constraint.ts';
import { copyLikeExtras, likeColumns } from './create-table-like.ts';
import { joinPartition } from './partitions.ts';
import { sequenceNamesIn } from './sequence-names-in.ts';
import { setNotNull } from './set-not-null.ts';

/** The name of a new relation; a temporary one lives in the session's own schema. */
export function newRelationName(catalog: Catalog, action: Pick<CreateTable, 'name' | 'persistence'>): QualifiedName {
  if (action.persistence === 'temporary') return { schema: TEMPORARY_SCHEMA, name: action.name.name };
  return nameForCreation(catalog, action.name);
}

/** Whether a relation or an index of that name exists. */
export function isRelationName(catalog: Catalog, name: QualifiedName): boolean {
  return catalog.relations[relationKey(name)] !== undefined || findIndex(catalog, name) !== null;
}

/** CREATE TABLE in all its forms: of columns, LIKE others, INHERITS, PARTITION OF. */
export function createTable(catalog: Catalog, action: CreateTable, sql: string): Catalog {
  const name = newRelationName(catalog, action);
  const parents = parentsOf(catalog, action);
  if (isRelationName(catalog, name) || parents === null) return catalog;
  const key = relationKey(name);
  const parent = action.partitionOf === null ? undefined : parents[0];
  const likes = action.like.flatMap(({ relation, options }) => {
    const source = findTable(catalog, relation);
    return source === null ? [] : [{ source, options }];
  });
  const table: Table = {
    ...bareTable(name, action.persistence),
    columns: mergeColumns(
      parents.flatMap((one) => one.columns.map((column) => inheritedColumn(catalog, column, parent !== undefined))),
      [
        ...likes.flatMap(({ source, options }) => likeColumns(source, options)),
        ...action.columns.map((definition) => columnOf(catalog, definition)),
      ],
    ),
    partitionBy: action.partitionBy,
    inherits: parent === undefined ? parents.map((one) => relationKey(one.name)) : [],
  };
  let changed = putRelation(catalog, table);
  changed = addSequences(changed, table, action, sql);
  for (const { source, options } of likes) changed = copyLikeExtras(changed, key, source, options);
  for (const one of parents) changed = inheritConstraints(changed, key, one);
  for (const definition of action.columns) changed = addColumnNotNull(changed, key, definition, true);
  if (parent !== undefined && action.partitionOf !== null) {
    changed = joinPartition(changed, relationKey(parent.name), key, action.partitionOf.bound);
  }
  return addOwnConstraints(changed, key, action);
}

/** Names that identity columns give to their sequences are told apart only when every one of them gives one. */
function addSequences(catalog: Catalog, table: Table, action: CreateTable, sql: string): Catalog {
  const identities = action.columns.filter((column) => column.identity !== null);
  const given = identities.length > 0 ? sequenceNamesIn(sql) : [];
  const names = given.length === identities.length ? given : [];
  return action.columns.reduce(
    (changed, definition) => addColumnSequence(changed, table, definition, names[identities.indexOf(definition)]),
    catalog,
  );
}

function parentsOf(catalog: Catalog, action: CreateTable): readonly Table[] | null {
  const references = action.partitionOf === null ? action.inherits : [action.partitionOf.parent];
  const tables = references.flatMap((reference) => findTable(catalog, reference) ?? []);
  return tables.length === references.length ? tables : null;
}

function inheritedColumn(catalog: Catalog, column: Column, asPartition: boolean): Column {
  const keepsIdentity = asPartition && catalog.serverMajor >= PARTITION_IDENTITY_SINCE;
  return { ...column, notNull: false, identity: keepsIdentity ? column.identity : null };
}

/** Inherited columns first; a column of the same name is one column, and its own default counts. */
function mergeColumns(inherited: readonly Column[], own: readonly Column[]): readonly Column[] {
  const merged = new Map<string, Column>();
  for (const column of [...inherited, ...own]) {
    const before = merged.get(column.name);
    merged.set(column.name, before === undefined ? column : mergeColumn(before, column));
  }
  return [...merged.values()];
}

function mergeColumn(before: Column, after: Column): Column {
  return {
    ...before,
    default: after.default ?? before.default,
    identity: after.identity ?? before.identity,
    generated: after.generated ?? before.generated,
  };
}

/** CHECK and NOT NULL come down from a parent under the parent's names. */
function inheritConstraints(catalog: Catalog, key: RelationKey, parent: Table): Catalog {
  let changed = catalog;
  const named = new Map(parent.constraints.flatMap((one) => (one.kind === 'not-null' ? [[one.column, one]] : [])));
  for (const column of parent.columns) {
    if (!column.notNull) continue;
    const constraint = named.get(column.name);
    const name = constraint?.name ?? null;
    changed = setNotNull(changed, key, column.name, { name, valid: constraint?.valid ?? true, only: true });
  }
  for (const constraint of parent.constraints) {
    if (constraint.kind === 'check' && !constraint.noInherit) changed = mergeCheck(changed, key, constraint);
  }
  return changed;
}

function addOwnConstraints(catalog: Catalog, key: RelationKey, action: CreateTable): Catalog {
  const all = [...action.columns.flatMap((column) => column.constraints), ...action.constraints];
  let changed = catalog;
  for (const constraint of withoutRepeats(inServerOrder(all))) {
    if (constraint.kind === 'not-null' && isNotNull(changed, key, constraint.column)) continue;
    changed = addConstraint(changed, key, constraint, { only: false, fresh: true });
  }
  return changed;
}

function isNotNull(catalog: Catalog, key: RelationKey, name: string): boolean {
  return tableOf(catalog, key)?.columns.some((column) => column.name === name && column.notNull) ?? false;
}

/** `id int PRIMARY KEY UNIQUE` makes one index: a key that repeats another one's columns without a name is dropped. */
function withoutRepeats(constraints: readonly ConstraintDefinition[]): readonly ConstraintDefinition[] {
  const isKey = (one: ConstraintDefinition): one is KeyDefinition =>
    one.kind === 'primary-key' || one.kind === 'unique';
  const shape = (one: KeyDefinition): string => JSON.stringify([one.columns, one.include, one.deferrable]);
  return constraints.filter((constraint, position) => {
    if (!isKey(constraint) || constraint.kind === 'primary-key' || constraint.name !== null) return true;
    const earlier = constraints.slice(0, position).filter(isKey);
    return !earlier.some((other) => shape(other) === shape(constraint));
  });
}

/** What a table takes part in when it becomes a child by INHERIT: nothing but the link, all else must be there. */
export function linkParent(catalog: Catalog, key: RelationKey, parent: RelationKey): Catalog {
  return updateTable(catalog, key, (table) => ({ ...table, inherits: [...table.inherits, parent] }));
}
