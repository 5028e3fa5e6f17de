import type { CreateTable, CreateTableAs } from '../../model/action.ts';
import { findTable } from '../../model/catalog-lookup.ts';
import type { DataType } from '../../model/data-type.ts';
import type { ColumnDefinition, ForeignKeyDefinition } from '../../model/definition.ts';
import { relationKey } from '../../model/relation-name.ts';
import { refuseGenerated } from './add-column.ts';
import { isSameType, isUserType } from './base-type.ts';
import { createPartitionFacts } from './create-partition.ts';
import { type FactsContext, isKnown, isTaken, keyOf, lockTree, lookUp } from './facts-context.ts';
import { addFailure, addLock } from './facts-draft.ts';
import { listSources, lockWithSources, scanInFull } from './query-locks.ts';
import { refuseReferences } from './referenced-key.ts';
import { refuseQuery } from './refuse-columns.ts';
import { refuseDefault } from './refuse-default.ts';
import { refuseParent } from './refuse-parent.ts';
import { refuseUnknownType } from './refuse-unknown.ts';
import { refuseMissingSchema } from './schema-facts.ts';

/** CREATE TABLE locks nothing but the tables it refers to: by foreign key, as partition, by INHERITS or LIKE. */
export function createTableFacts(context: FactsContext, action: CreateTable): void {
  const { draft } = context;
  refuseMissingSchema(context, action.name.schema);
  const isThere = action.persistence !== 'temporary' && isTaken(context, action.name);
  if (isThere && action.ifNotExists) {
    draft.because.add('The table exists already, so nothing is created.');
    return;
  }
  if (action.partitionBy !== null && action.persistence === 'unlogged' && context.version.major >= 18) {
    addFailure(draft, '0A000', 'a partitioned table cannot be unlogged: it has no rows of its own');
  }
  inheritFrom(context, action);
  for (const like of action.like) {
    const relation = lookUp(context, like.relation);
    if (relation?.kind === 'sequence') addFailure(draft, '42809', `${relationKey(relation.name)} is a sequence`);
    addLock(draft, keyOf(context, like.relation), 'ACCESS SHARE');
  }
  for (const column of action.columns) {
    refuseUnknownType(context, column.type);
    if (column.default !== null) {
      if (column.generated !== null) refuseGenerated(context, { columns: action.columns }, column, column.default);
      else refuseDefault(context, column.name, column.type, column.default);
    }
    if (column.generated === 'virtual' && isUserType(context, column.type)) {
      addFailure(draft, '0A000', `a virtual column cannot have the type ${column.type.name}, which is not built in`);
    }
  }
  refusePartitionKey(context, action);
  if (action.partitionOf !== null) createPartitionFacts(context, action.partitionOf, action.persistence);
  if (isThere) addFailure(draft, '42P07', `${keyOf(context, action.name)} exists already`);
  for (const constraint of [...action.constraints, ...action.columns.flatMap((column) => column.constraints)]) {
    if (constraint.kind === 'foreign-key') referToTable(context, action, constraint);
  }
  draft.because.add('The table is new: nobody can be waiting for it.');
}

/** Parents are named once each, and agree on the types of the columns that they share with each other and the child. */
function inheritFrom(context: FactsContext, action: CreateTable): void {
  const { draft } = context;
  const seen = new Set<string>();
  const types = new Map<string, DataType>();
  const share = (columns: readonly { readonly name: string; readonly type: DataType }[]): void => {
    for (const { name, type } of columns) {
      const other = types.get(name);
      if (other !== undefined && !isSameType(other, type)) addFailure(draft, '42804', `${name} would have two types`);
      types.set(name, other ?? type);
    }
  };
  for (const parent of action.inherits) {
    const relation = lookUp(context, parent);
    if (relation !== null) refuseParent(context, relation);
    const key = keyOf(context, parent);
    addLock(draft, key, 'SHARE UPDATE EXCLUSIVE');
    if (seen.has(key)) addFailure(draft, '42P07', `${key} is named twice`);
    seen.add(key);
    if (relation?.kind === 'table') share(relation.columns);
  }
  if (action.inherits.length > 0) share(action.columns);
}

/** PARTITION BY names columns that the table has, by itself or from where it takes them. */
function refusePartitionKey(context: FactsContext, action: CreateTable): void {
  if (action.partitionBy === null || action.like.length > 0) return;
  const sources = [...action.inherits, ...(action.partitionOf === null ? [] : [action.partitionOf.parent])];
  const tables = sources.map((source) => findTable(context.catalog, source));
  if (tables.some((table) => table === null || !isKnown(table))) return;
  const names = new Set([...action.columns, ...tables.flatMap((table) => table?.columns ?? [])].map((one) => one.name));
  for (const part of action.partitionBy.key.split(',')) {
    const [word = ''] = /^(?:"(?:[^"]|"")*"|[\p{L}_][\p{L}\d_$]*)(?=\s|$)/u.exec(part.trim()) ?? [];
    const name = word.startsWith('"') ? word.slice(1, -1).replaceAll('""', '"') : word.toLowerCase();
    if (name !== '' && !names.has(name))
      addFailure(context.draft, '42703', `there is no column ${name} to partition by`);
  }
}

function referToTable(context: FactsContext, action: CreateTable, key: ForeignKeyDefinition): void {
  const { draft } = context;
  const referenced = keyOf(context, key.references);
  if (referenced === keyOf(context, action.name)) return referToItself(context, action, key);
  const target = lookUp(context, key.references);
  addLock(draft, referenced, 'SHARE ROW EXCLUSIVE');
  draft.because.add('A foreign key to an existing table locks that table against writes for a moment.');
  if (target === null) return;
  if (target.kind !== 'table') return addFailure(draft, '42809', `${relationKey(target.name)} is not a table`);
  if (target.partitionBy !== null) lockTree(context, target, 'SHARE ROW EXCLUSIVE');
  const columnOf = (name: string): ColumnDefinition | undefined => action.columns.find((one) => one.name === name);
  refuseReferences(context, target, key, {
    persistence: action.persistence,
    typeOf: (name) => columnOf(name)?.type,
    isGenerated: (name) => columnOf(name)?.generated != null,
  });
}

function referToItself(context: FactsContext, action: CreateTable, key: ForeignKeyDefinition): void {
  const all = [...action.constraints, ...action.columns.flatMap((column) => column.constraints)];
  const isCovered = action.like.length + action.inherits.length > 0 || action.partitionOf !== null;
  const hasPrimaryKey = all.some((one) => one.kind === 'primary-key');
  if (key.referencedColumns.length > 0 || hasPrimaryKey || isCovered) return;
  addFailure(context.draft, '42704', `${action.name.name} has no primary key to refer to`);
}

/** CREATE TABLE AS, SELECT INTO and CREATE MATERIALIZED VIEW read what their query names. */
export function createTableAsFacts(context: FactsContext, action: CreateTableAs): void {
  const { draft } = context;
  refuseMissingSchema(context, action.name.schema);
  refuseQuery(context, action.query, action.reads);
  if (isTaken(context, action.name)) {
    // The query is looked at before the name is.
    for (const read of action.reads) {
      lookUp(context, read);
      addLock(draft, keyOf(context, read), 'ACCESS SHARE');
    }
    if (!action.ifNotExists) addFailure(draft, '42P07', `${keyOf(context, action.name)} exists already`);
    draft.because.add('It exists already, so nothing is created.');
    return;
  }
  for (const read of action.reads) {
    if (action.withData) lockWithSources(context, read, 'ACCESS SHARE');
    else {
      lookUp(context, read);
      addLock(draft, keyOf(context, read), 'ACCESS SHARE');
    }
  }
  if (!action.withData || action.reads.length === 0) return;
  if (action.readsInFull === true && action.reads.every((read) => scanInFull(context, read))) return;
  for (const read of action.reads) listSources(context, read);
  draft.unknown.add(
    'How much of the tables the query reads hangs on its plan; the result is copied inside the migration.',
  );
}
