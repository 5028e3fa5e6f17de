import type { CreateIndex } from '../../model/action.ts';
import type { Catalog, Index, Table, View } from '../../model/catalog.ts';
import { findIndex, findRelation, tableOf } from '../../model/catalog-lookup.ts';
import type { IndexKey } from '../../model/definition.ts';
import {
  chooseConstraintIndexName,
  chooseIndexName,
  indexNameColumns,
  joinNameParts,
} from '../../model/object-name.ts';
import { type RelationKey, relationKey } from '../../model/relation-name.ts';
import { quoteIdentifier } from '../../sql/postgres/quote.ts';
import { directPartitions, putRelation, updateIndexes, updateTable } from '../edit-catalog.ts';
import { resolveExpression } from './resolve-names.ts';
import { setNotNull } from './set-not-null.ts';

/** CREATE INDEX: on a partitioned table, every partition gets or lends one of its own. */
export function createIndex(catalog: Catalog, action: CreateIndex): Catalog {
  const relation = findRelation(catalog, action.table);
  if (relation === null || relation.kind === 'sequence' || relation.kind === 'view') return catalog;
  const { schema } = relation.name;
  if (action.name !== null && isNameTaken(catalog, schema, action.name)) return catalog;
  const keys = action.keys.map((one) => keyOf(catalog, one));
  const key = relationKey(relation.name);
  const isIncomplete = action.only && directPartitions(catalog, key).length > 0;
  const index: Index = {
    name: action.name ?? chooseIndexName(catalog, relation.name, keys, action.include),
    unique: action.unique,
    primary: false,
    valid: !isIncomplete,
    method: action.method,
    keys,
    include: action.include,
    predicate: action.predicate === null ? null : resolveExpression(catalog, action.predicate),
    constraint: null,
    definitionSql: action.definitionSql,
  };
  const added = addIndex(catalog, relation, index);
  return action.only ? added : spreadIndex(added, key, index);
}

/** A column in brackets, with a collation or without, is a column and no expression. */
function keyOf(catalog: Catalog, { column, expression }: IndexKey): IndexKey {
  if (expression === null) return { column, expression: null };
  const [named] = expression.columns;
  const bare = expression.sql.replaceAll(/[()]|\sCOLLATE\s.*$/gi, '').trim();
  if (named !== undefined && bare === quoteIdentifier(named)) return { column: named, expression: null };
  return { column, expression: resolveExpression(catalog, expression) };
}

function isNameTaken(catalog: Catalog, schema: string, name: string): boolean {
  return (
    catalog.relations[relationKey({ schema, name })] !== undefined || findIndex(catalog, { schema, name }) !== null
  );
}

function addIndex(catalog: Catalog, relation: Table | View, index: Index): Catalog {
  return putRelation(catalog, { ...relation, indexes: [...relation.indexes, index] });
}

/** The parent's index on every partition below: an index that fits is attached, else one is built. */
export function spreadIndex(catalog: Catalog, parent: RelationKey, index: Index): Catalog {
  let changed = catalog;
  for (const partition of directPartitions(catalog, parent)) {
    changed = giveIndex(changed, relationKey(partition.name), index);
  }
  return changed;
}

/** One partition (and what is below it) gets its part of the parent's index. */
export function giveIndex(catalog: Catalog, key: RelationKey, parentIndex: Index): Catalog {
  const partition = tableOf(catalog, key);
  if (partition === null) return catalog;
  const fitting = partition.indexes.find((own) => own.attachedTo === undefined && isPartOf(own, parentIndex));
  if (fitting !== undefined) {
    return updateIndexes(catalog, key, (own) => (own === fitting ? { ...own, attachedTo: parentIndex.name } : own));
  }
  const name = partName(catalog, partition, parentIndex);
  const constraint = parentIndex.constraint === null ? null : name;
  const part: Index = { ...parentIndex, name, constraint, valid: true, attachedTo: parentIndex.name };
  let changed = addIndex(catalog, partition, part);
  const owner = tableOf(catalog, findParent(partition))?.constraints.find((one) => one.name === parentIndex.constraint);
  if (constraint !== null && owner !== undefined) {
    changed = updateTable(changed, key, (table) => ({
      ...table,
      constraints: [...table.constraints, { ...owner, name: constraint }],
    }));
  }
  if (part.primary) for (const one of part.keys) changed = setNotNull(changed, key, one.column ?? '');
  return spreadIndex(changed, key, part);
}

function findParent(partition: Table): RelationKey {
  return partition.partitionOf?.parent ?? '';
}

function partName(catalog: Catalog, partition: Table, index: Index): string {
  const { schema, name } = partition.name;
  if (index.constraint === null) return chooseIndexName(catalog, partition.name, index.keys, index.include);
  if (index.primary) return chooseConstraintIndexName(catalog, schema, name, null, 'pkey');
  const columns = joinNameParts([...indexNameColumns(index.keys), ...index.include]);
  return chooseConstraintIndexName(catalog, schema, name, columns, index.unique ? 'key' : 'excl');
}

/** Whether a partition's index is what the parent's index would have there. */
export function isPartOf(own: Index, parent: Index): boolean {
  return (
    own.valid &&
    own.unique === parent.unique &&
    own.method === parent.method &&
    (parent.constraint === null || (own.constraint !== null && own.primary === parent.primary)) &&
    shapeOf(own) === shapeOf(parent)
  );
}

function shapeOf(index: Index): string {
  const keys = index.keys.map((one) => one.column ?? { expression: plainSql(one.expression?.sql) });
  return JSON.stringify([keys, index.include, plainSql(index.predicate?.sql)]);
}

/** Expressions are compared without the brackets and spaces that the server adds. */
function plainSql(sql: string | undefined): string {
  return (sql ?? '').replaceAll(/[\s()]+/g, '');
}
