import type { CreateTable, CreateTableAs } from '../../model/action.ts';
import type { ColumnDefinition, ForeignKeyDefinition } from '../../model/definition.ts';
import { relationKey } from '../../model/relation-name.ts';
import { refuseGenerated } from './add-column.ts';
import { isUserType } from './base-type.ts';
import { createPartitionFacts } from './create-partition.ts';
import { type FactsContext, isTaken, keyOf, lockTree, lookUp } from './facts-context.ts';
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
  for (const parent of action.inherits) {
    const relation = lookUp(context, parent);
    if (relation !== null) refuseParent(context, relation);
    addLock(draft, keyOf(context, parent), 'SHARE UPDATE EXCLUSIVE');
  }
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
  if (action.partitionOf !== null) createPartitionFacts(context, action.partitionOf, action.persistence);
  if (isThere) addFailure(draft, '42P07', `${keyOf(context, action.name)} exists already`);
  for (const constraint of [...action.constraints, ...action.columns.flatMap((column) => column.constraints)]) {
    if (constraint.kind === 'foreign-key') referToTable(context, action, constraint);
  }
  draft.because.add('The table is new: nobody can be waiting for it.');
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
