import type { Catalog, Relation } from '../../model/catalog.ts';
import { childrenOf, ownedSequences, referencingTables, viewsReading } from '../../model/catalog-lookup.ts';
import { withRenamedRelation } from '../../model/linked-relations.ts';
import { type QualifiedName, type RelationKey, relationKey } from '../../model/relation-name.ts';
import { mapRelations } from '../edit-catalog.ts';
import { isRelationName } from './create-table.ts';
import { renameSequenceInDefaults } from './sequence-default.ts';

/** RENAME TO: everything that points at the relation follows. A name that is taken leaves the catalog as it is. */
export function renameRelation(catalog: Catalog, key: RelationKey, to: QualifiedName): Catalog {
  const relation = catalog.relations[key];
  if (relation === undefined || isRelationName(catalog, to)) return catalog;
  const newKey = relationKey(to);
  const followed = relation.kind === 'sequence' ? renameSequenceInDefaults(catalog, key, newKey) : catalog;
  const pointing = [
    ...[...childrenOf(catalog, key), ...referencingTables(catalog, key).map(({ table }) => table)],
    ...viewsReading(catalog, key),
  ].map(({ name }) => relationKey(name));
  const users = new Set([...pointing, ...ownedSequences(catalog, key)]);
  const repointed = mapRelations(followed, users, (one) => repoint(one, key, newKey));
  const renamed = repointed.relations[key];
  return renamed === undefined ? repointed : withRenamedRelation(repointed, key, { ...renamed, name: to });
}

/** SET SCHEMA: a table's owned sequences move with it; its indexes and constraints are its own anyway. */
export function moveRelation(catalog: Catalog, key: RelationKey, schema: string): Catalog {
  const relation = catalog.relations[key];
  if (relation === undefined) return catalog;
  let changed = catalog;
  for (const sequence of relation.kind === 'table' ? ownedSequences(catalog, key) : []) {
    const owned = changed.relations[sequence];
    if (owned !== undefined) changed = renameRelation(changed, sequence, { schema, name: owned.name.name });
  }
  return renameRelation(changed, key, { schema, name: relation.name.name });
}

function repoint(relation: Relation, from: RelationKey, to: RelationKey): Relation {
  const followed = (key: RelationKey): RelationKey => (key === from ? to : key);
  switch (relation.kind) {
    case 'sequence':
      if (relation.ownedBy === null) return relation;
      return { ...relation, ownedBy: { ...relation.ownedBy, relation: followed(relation.ownedBy.relation) } };
    case 'table': {
      const { partitionOf } = relation;
      return {
        ...relation,
        inherits: relation.inherits.map(followed),
        partitionOf: partitionOf === null ? null : { ...partitionOf, parent: followed(partitionOf.parent) },
        constraints: relation.constraints.map((one) =>
          one.kind === 'foreign-key' ? { ...one, references: followed(one.references) } : one,
        ),
      };
    }
    default:
      return {
        ...relation,
        reads: relation.reads
          .map((read) => ({ ...read, relation: followed(read.relation) }))
          .sort((a, b) => (a.relation < b.relation ? -1 : 1)),
      };
  }
}
