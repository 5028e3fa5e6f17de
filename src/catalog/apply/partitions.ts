import type { Catalog, Table } from '../../model/catalog.ts';
import { findIndex, tableOf } from '../../model/catalog-lookup.ts';
import { type RelationKey, type RelationReference, relationKey } from '../../model/relation-name.ts';
import { directPartitions, treeOf, updateIndexes, updateTable } from '../edit-catalog.ts';
import { PARTITION_IDENTITY_SINCE, spreadIdentity } from './add-column.ts';
import { giveForeignKey } from './add-constraint.ts';
import { giveIndex, isPartOf } from './add-index.ts';
import { partitionCheck } from './partition-check.ts';

/** A table becomes a partition: what the parent has, it has from now on (indexes, foreign keys, row triggers). */
export function joinPartition(catalog: Catalog, parent: RelationKey, key: RelationKey, bound: string): Catalog {
  const parentTable = tableOf(catalog, parent);
  if (parentTable === null || tableOf(catalog, key) === null) return catalog;
  let changed = updateTable(catalog, key, (table) => ({ ...table, partitionOf: { parent, bound } }));
  for (const column of parentTable.columns) {
    if (column.identity === null || catalog.serverMajor < PARTITION_IDENTITY_SINCE) continue;
    changed = spreadIdentity(changed, key, column.name, column.identity);
  }
  for (const index of parentTable.indexes) changed = giveIndex(changed, key, index);
  for (const constraint of parentTable.constraints) {
    if (constraint.kind === 'foreign-key') changed = giveForeignKey(changed, key, constraint);
  }
  return copyRowTriggers(changed, parentTable, key);
}

function copyRowTriggers(catalog: Catalog, parent: Table, key: RelationKey): Catalog {
  const rowTriggers = parent.triggers.filter((trigger) => trigger.forEachRow === true);
  if (rowTriggers.length === 0) return catalog;
  let changed = catalog;
  for (const target of treeOf(catalog, key)) {
    changed = updateTable(changed, target, (table) => ({
      ...table,
      triggers: [
        ...table.triggers,
        ...rowTriggers.filter((one) => !table.triggers.some((own) => own.name === one.name)),
      ],
    }));
  }
  return changed;
}

/**
 * A partition becomes a table of its own. It keeps its indexes and foreign keys and loses the triggers that were copies
 * of the parent's. CONCURRENTLY leaves a CHECK behind that says what the bound said.
 */
export function leavePartition(
  catalog: Catalog,
  parent: RelationKey,
  key: RelationKey,
  concurrently: boolean,
): Catalog {
  const parentTable = tableOf(catalog, parent);
  const partition = tableOf(catalog, key);
  if (parentTable === null || partition?.partitionOf?.parent !== parent) return catalog;
  let changed = concurrently ? partitionCheck(catalog, parentTable, partition) : catalog;
  for (const column of partition.columns) {
    if (column.identity === null || catalog.serverMajor < PARTITION_IDENTITY_SINCE) continue;
    changed = spreadIdentity(changed, key, column.name, null);
  }
  const copies = new Set(parentTable.triggers.flatMap((one) => (one.forEachRow === true ? [one.name] : [])));
  for (const target of treeOf(catalog, key)) {
    changed = updateTable(changed, target, (table) => ({
      ...table,
      triggers: table.triggers.filter((one) => !copies.has(one.name)),
    }));
  }
  changed = updateIndexes(changed, key, ({ attachedTo: _attachedTo, ...index }) => index);
  return updateTable(changed, key, (table) => ({ ...table, partitionOf: null }));
}

/** ALTER INDEX parent ATTACH PARTITION part; once every partition has its part, the parent's index is valid. */
export function attachIndex(catalog: Catalog, parent: RelationReference, part: RelationReference): Catalog {
  const parentPlace = findIndex(catalog, parent);
  const partPlace = findIndex(catalog, part);
  if (parentPlace === null || partPlace === null || !isPartOf(partPlace.index, parentPlace.index)) return catalog;
  const attached = updateIndexes(catalog, relationKey(partPlace.relation.name), (index) =>
    index.name === partPlace.index.name ? { ...index, attachedTo: parentPlace.index.name } : index,
  );
  return validateParentIndex(attached, relationKey(parentPlace.relation.name), parentPlace.index.name);
}

function validateParentIndex(catalog: Catalog, key: RelationKey, name: string): Catalog {
  const isComplete = directPartitions(catalog, key).every((partition) =>
    partition.indexes.some((index) => index.attachedTo === name && index.valid),
  );
  if (!isComplete) return catalog;
  const valid = updateIndexes(catalog, key, (index) => (index.name === name ? { ...index, valid: true } : index));
  const table = tableOf(valid, key);
  const above = table?.indexes.find((index) => index.name === name)?.attachedTo;
  const grandparent = table?.partitionOf?.parent;
  return above === undefined || grandparent === undefined ? valid : validateParentIndex(valid, grandparent, above);
}
