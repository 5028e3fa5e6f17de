import type { Catalog, ForeignKeyConstraint, Index, Table, TableConstraint } from '../../model/catalog.ts';
import { findIndex, referencingTables, tableOf } from '../../model/catalog-lookup.ts';
import { type RelationKey, type RelationReference, relationKey } from '../../model/relation-name.ts';
import { directPartitions, mapTables, treeOf, updateIndexes, updateTable } from '../edit-catalog.ts';
import { isSameForeignKey } from './add-constraint.ts';
import { dropNotNull } from './set-not-null.ts';

export interface DropConstraintOptions {
  readonly cascade: boolean;
  readonly only: boolean;
}

/** DROP CONSTRAINT, with the index of a key and with what children inherited. */
export function dropConstraint(
  catalog: Catalog,
  key: RelationKey,
  name: string,
  { cascade, only }: DropConstraintOptions,
): Catalog {
  const constraint = tableOf(catalog, key)?.constraints.find((one) => one.name === name);
  switch (constraint?.kind) {
    case undefined:
      return catalog;
    case 'not-null':
      return dropNotNull(catalog, key, constraint.column, only);
    case 'check':
      return treeOf(catalog, key, only || constraint.noInherit).reduce(
        (changed, target) => withoutConstraint(changed, target, (one) => one.kind === 'check' && one.name === name),
        catalog,
      );
    case 'foreign-key':
      return dropForeignKey(catalog, key, constraint);
    default:
      return dropIndexTree(catalog, key, name, cascade);
  }
}

function withoutConstraint(
  catalog: Catalog,
  key: RelationKey,
  isDropped: (constraint: TableConstraint) => boolean,
): Catalog {
  return updateTable(catalog, key, (table) => ({
    ...table,
    constraints: table.constraints.filter((one) => !isDropped(one)),
  }));
}

function dropForeignKey(catalog: Catalog, key: RelationKey, constraint: ForeignKeyConstraint): Catalog {
  let changed = withoutConstraint(catalog, key, (one) => one.name === constraint.name);
  for (const partition of directPartitions(catalog, key)) {
    const part = partition.constraints.find((one) => isSameForeignKey(one, constraint));
    if (part?.kind === 'foreign-key') changed = dropForeignKey(changed, relationKey(partition.name), part);
  }
  return changed;
}

/** DROP INDEX of an index that stands for itself: one behind a constraint or attached to a parent's is kept. */
export function dropIndex(catalog: Catalog, reference: RelationReference, cascade: boolean): Catalog {
  const place = findIndex(catalog, reference);
  if (place === null || place.index.constraint !== null || place.index.attachedTo !== undefined) return catalog;
  return dropIndexTree(catalog, relationKey(place.relation.name), place.index.name, cascade);
}

/** An index with its constraint, its parts on partitions, and (CASCADE) the foreign keys that rely on it. */
function dropIndexTree(catalog: Catalog, key: RelationKey, name: string, cascade: boolean): Catalog {
  const relation = catalog.relations[key];
  const index = relation === undefined || relation.kind === 'sequence' ? undefined : indexNamed(relation.indexes, name);
  if (relation === undefined || index === undefined) return catalog;
  const relying = relation.kind === 'table' ? relyingForeignKeys(catalog, relation, index) : [];
  if (relying.length > 0 && !cascade) return catalog;
  let changed = removeIndex(catalog, key, index);
  for (const partition of directPartitions(catalog, key)) {
    const part = partition.indexes.find((own) => own.attachedTo === name);
    if (part !== undefined) changed = dropIndexTree(changed, relationKey(partition.name), part.name, true);
  }
  if (relying.length === 0) return changed;
  const sources = new Set(referencingTables(changed, key).map(({ table }) => relationKey(table.name)));
  return mapTables(changed, sources, (table) => ({
    ...table,
    constraints: table.constraints.filter((one) => one.kind !== 'foreign-key' || !relying.includes(one)),
  }));
}

function indexNamed(indexes: readonly Index[], name: string): Index | undefined {
  return indexes.find((index) => index.name === name);
}

function removeIndex(catalog: Catalog, key: RelationKey, index: Index): Catalog {
  const without = updateIndexes(catalog, key, (own) => (own.name === index.name ? null : own));
  return withoutConstraint(without, key, (one) => one.name === index.constraint);
}

/** Foreign keys that point at just the columns of this unique index while no other index serves them. */
function relyingForeignKeys(catalog: Catalog, table: Table, index: Index): readonly ForeignKeyConstraint[] {
  const columns = uniqueColumns(index);
  const isServedElsewhere = table.indexes.some(
    (other) => other.name !== index.name && uniqueColumns(other) === columns,
  );
  if (columns === null || isServedElsewhere) return [];
  return referencingTables(catalog, relationKey(table.name)).flatMap(({ constraint }) =>
    [...constraint.referencedColumns].sort().join('\n') === columns ? [constraint] : [],
  );
}

/** The columns of an index that a foreign key can point at; null for any other. */
function uniqueColumns(index: Index): string | null {
  if (!index.unique || index.predicate !== null || index.keys.some((one) => one.column === null)) return null;
  return index.keys
    .map((one) => one.column ?? '')
    .sort()
    .join('\n');
}
