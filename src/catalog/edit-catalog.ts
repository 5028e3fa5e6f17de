import type { Catalog, Column, Index, Relation, Table, UserFunction, UserType } from '../model/catalog.ts';
import { childrenOf, tableOf } from '../model/catalog-lookup.ts';
import { withoutRelations, withRelation } from '../model/linked-relations.ts';
import { type RelationKey, relationKey } from '../model/relation-name.ts';

/** Constraints, indexes, triggers and policies stand sorted by name, so that equal schemas are equal values. */
export function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}

function sorted(relation: Relation): Relation {
  switch (relation.kind) {
    case 'sequence':
      return relation;
    case 'table': {
      const constraints = inOrder(relation.constraints);
      const indexes = inOrder(relation.indexes);
      const triggers = inOrder(relation.triggers);
      const policies = relation.policies.length < 2 ? relation.policies : [...relation.policies].sort();
      const isSorted =
        constraints === relation.constraints &&
        indexes === relation.indexes &&
        triggers === relation.triggers &&
        policies === relation.policies;
      return isSorted ? relation : { ...relation, constraints, indexes, triggers, policies };
    }
    default: {
      const indexes = inOrder(relation.indexes);
      return indexes === relation.indexes ? relation : { ...relation, indexes };
    }
  }
}

/** Lists that were found in order; they never change. */
const known = new WeakSet<readonly unknown[]>();

/** Nearly always they stand in order already, and then they stay what they are. */
function inOrder<Named extends { readonly name: string }>(list: readonly Named[]): readonly Named[] {
  if (list.length < 2 || known.has(list)) return list;
  const ordered = isInOrder(list) ? list : [...list].sort(byName);
  known.add(ordered);
  return ordered;
}

function isInOrder(list: readonly { readonly name: string }[]): boolean {
  return list.every((one, at) => {
    const before = list[at - 1];
    return before === undefined || byName(before, one) <= 0;
  });
}

/** The catalog with the relation under its own name, in place of what was there. */
export function putRelation(catalog: Catalog, relation: Relation): Catalog {
  return withRelation(catalog, sorted(relation));
}

/** The catalog without the relations of those keys. What points at them is left alone. */
export function removeRelations(catalog: Catalog, keys: ReadonlySet<RelationKey>): Catalog {
  return withoutRelations(catalog, keys);
}

/** Each of those relations goes through `change`, which must not change its name, and answers the same where nothing changes. */
export function mapRelations(
  catalog: Catalog,
  keys: Iterable<RelationKey>,
  change: (relation: Relation) => Relation,
): Catalog {
  let changed = catalog;
  for (const key of keys) {
    const before = changed.relations[key];
    const after = before === undefined ? undefined : change(before);
    if (after !== undefined && after !== before) changed = putRelation(changed, after);
  }
  return changed;
}

/** Each of those relations that is a table goes through `change`, as in `mapRelations`. */
export function mapTables(catalog: Catalog, keys: Iterable<RelationKey>, change: (table: Table) => Table): Catalog {
  return mapRelations(catalog, keys, (relation) => (relation.kind === 'table' ? change(relation) : relation));
}

/** One table goes through `change`; without such a table the catalog stays as it is. */
export function updateTable(catalog: Catalog, key: RelationKey, change: (table: Table) => Table): Catalog {
  const table = tableOf(catalog, key);
  return table === null ? catalog : putRelation(catalog, change(table));
}

/** One column of one table goes through `change`. */
export function updateColumn(
  catalog: Catalog,
  key: RelationKey,
  name: string,
  change: (column: Column) => Column,
): Catalog {
  return updateTable(catalog, key, (table) => ({
    ...table,
    columns: table.columns.map((column) => (column.name === name ? change(column) : column)),
  }));
}

/** The indexes of a table or materialized view go through `change`; null takes one away. */
export function updateIndexes(catalog: Catalog, key: RelationKey, change: (index: Index) => Index | null): Catalog {
  const relation = catalog.relations[key];
  if (relation === undefined || relation.kind === 'sequence') return catalog;
  return putRelation(catalog, { ...relation, indexes: relation.indexes.flatMap((index) => change(index) ?? []) });
}

/** A table and, unless `only`, everything that inherits from it at any depth, parents first. */
export function treeOf(catalog: Catalog, key: RelationKey, only = false): readonly RelationKey[] {
  const found = new Set<RelationKey>([key]);
  if (only) return [key];
  // A set walks over what is added while it is walked.
  for (const parent of found) for (const child of childrenOf(catalog, parent)) found.add(relationKey(child.name));
  return [...found];
}

/** Partitions directly below a partitioned table. */
export function directPartitions(catalog: Catalog, key: RelationKey): readonly Table[] {
  return childrenOf(catalog, key).filter((table) => table.partitionOf?.parent === key);
}

/** The catalog with the type under its own name. */
export function putType(catalog: Catalog, type: UserType): Catalog {
  return { ...catalog, types: { ...catalog.types, [relationKey(type.name)]: type } };
}

/** The catalog without the type of that key. What uses it is left alone. */
export function removeType(catalog: Catalog, key: RelationKey): Catalog {
  return { ...catalog, types: Object.fromEntries(Object.entries(catalog.types).filter(([name]) => name !== key)) };
}

/** The catalog with the function under its own name. */
export function putFunction(catalog: Catalog, entry: UserFunction): Catalog {
  return { ...catalog, functions: { ...catalog.functions, [relationKey(entry.name)]: entry } };
}

/** The catalog without the function of that key. What calls it is left alone. */
export function removeFunction(catalog: Catalog, key: RelationKey): Catalog {
  const kept = Object.entries(catalog.functions).filter(([name]) => name !== key);
  return { ...catalog, functions: Object.fromEntries(kept) };
}
