import type { CreateTable, CreateTableAs } from '../../model/action.ts';
import { findRelation, referencingTables } from '../../model/catalog-lookup.ts';
import { relationKey } from '../../model/relation-name.ts';
import { type FactsContext, keyOf, lockTree, lookUp, lookUpTable, withDescendants } from './facts-context.ts';
import { addFailure, addLock } from './facts-draft.ts';
import { touchDefaultPartition } from './partition-facts.ts';

/** CREATE TABLE locks nothing but the tables it refers to: by foreign key, as partition, by INHERITS or LIKE. */
export function createTableFacts(context: FactsContext, action: CreateTable): void {
  const { draft } = context;
  const existing = findRelation(context.catalog, action.name);
  if (existing !== null) {
    if (!action.ifNotExists) addFailure(draft, '42P07', `${keyOf(context, action.name)} exists already`);
    draft.because.add('The table exists already, so nothing is created.');
    return;
  }
  for (const constraint of [...action.constraints, ...action.columns.flatMap((column) => column.constraints)]) {
    if (constraint.kind !== 'foreign-key') continue;
    if (keyOf(context, constraint.references) === keyOf(context, action.name)) continue;
    const target = lookUp(context, constraint.references);
    addLock(draft, keyOf(context, constraint.references), 'SHARE ROW EXCLUSIVE');
    if (target?.kind === 'table') lockTree(context, target, 'SHARE ROW EXCLUSIVE');
    draft.because.add('A foreign key to an existing table locks that table against writes for a moment.');
  }
  for (const parent of action.inherits) {
    lookUp(context, parent);
    addLock(draft, keyOf(context, parent), 'SHARE UPDATE EXCLUSIVE');
  }
  for (const like of action.like) addLock(draft, keyOf(context, like.relation), 'ACCESS SHARE');
  if (action.partitionOf !== null) partitionOfFacts(context, action.partitionOf);
  draft.because.add('The table is new: nobody can be waiting for it.');
}

function partitionOfFacts(context: FactsContext, part: NonNullable<CreateTable['partitionOf']>): void {
  const { draft } = context;
  const parent = lookUpTable(context, part.parent);
  const parentKey = keyOf(context, part.parent);
  addLock(draft, parentKey, 'ACCESS EXCLUSIVE');
  draft.because.add('CREATE TABLE ... PARTITION OF takes ACCESS EXCLUSIVE on the parent (measured on 13 to 18).');
  if (parent === null) return;
  touchDefaultPartition(context, parent, part.bound);
  for (const constraint of parent.constraints) {
    if (constraint.kind === 'foreign-key') addLock(draft, constraint.references, 'SHARE ROW EXCLUSIVE');
  }
  for (const peer of referencingTables(context.catalog, parentKey)) {
    for (const one of withDescendants(context, peer.table))
      addLock(draft, relationKey(one.name), 'SHARE ROW EXCLUSIVE');
  }
}

/** CREATE TABLE AS, SELECT INTO and CREATE MATERIALIZED VIEW read what their query names. */
export function createTableAsFacts(context: FactsContext, action: CreateTableAs): void {
  const { draft } = context;
  if (findRelation(context.catalog, action.name) !== null) {
    if (!action.ifNotExists) addFailure(draft, '42P07', `${keyOf(context, action.name)} exists already`);
    return;
  }
  for (const read of action.reads) {
    const relation = lookUp(context, read);
    addLock(draft, keyOf(context, read), 'ACCESS SHARE');
    if (relation?.kind === 'table') lockTree(context, relation, 'ACCESS SHARE');
  }
  if (action.withData && action.reads.length > 0) {
    draft.unknown.add(
      'How much of the tables the query reads hangs on its plan; the result is copied inside the migration.',
    );
  }
}
