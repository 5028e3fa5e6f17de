import type { Catalog } from '../../model/catalog.ts';
import { findIndex, type IndexPlace } from '../../model/catalog-lookup.ts';
import { type RelationKey, relationKey } from '../../model/relation-name.ts';
import { directPartitions, treeOf, updateIndexes, updateTable } from '../edit-catalog.ts';

/** An index and the constraint behind it go by one name; parts on partitions keep theirs. */
export function renameIndex(catalog: Catalog, { relation, index }: IndexPlace, to: string): Catalog {
  if (findIndex(catalog, { schema: relation.name.schema, name: to }) !== null) return catalog;
  const key = relationKey(relation.name);
  let changed = updateIndexes(catalog, key, (own) =>
    own.name === index.name ? { ...own, name: to, constraint: own.constraint === null ? null : to } : own,
  );
  changed = updateTable(changed, key, (table) => ({
    ...table,
    constraints: table.constraints.map((one) =>
      index.constraint !== null && one.name === index.constraint ? { ...one, name: to } : one,
    ),
  }));
  for (const partition of directPartitions(changed, key)) {
    changed = updateIndexes(changed, relationKey(partition.name), (own) =>
      own.attachedTo === index.name ? { ...own, attachedTo: to } : own,
    );
  }
  return changed;
}

/** RENAME CONSTRAINT: a key takes its index along; children follow with the CHECK and NOT NULL they inherited. */
export function renameConstraint(catalog: Catalog, key: RelationKey, from: string, to: string): Catalog {
  const relation = catalog.relations[key];
  if (relation?.kind !== 'table') return catalog;
  const constraint = relation.constraints.find((one) => one.name === from);
  if (constraint === undefined || relation.constraints.some((one) => one.name === to)) return catalog;
  const index = relation.indexes.find((own) => own.constraint === from);
  if (index !== undefined) return renameIndex(catalog, { relation, index }, to);
  const isInherited = constraint.kind === 'check' ? !constraint.noInherit : constraint.kind === 'not-null';
  return treeOf(catalog, key, !isInherited).reduce(
    (changed, target) =>
      updateTable(changed, target, (table) => ({
        ...table,
        constraints: table.constraints.map((one) =>
          one.name === from && one.kind === constraint.kind ? { ...one, name: to } : one,
        ),
      })),
    catalog,
  );
}
