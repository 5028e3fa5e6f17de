import type { AlterSequence, CreateSequence } from '../../model/action.ts';
import type { Catalog, Sequence } from '../../model/catalog.ts';
import { findRelation, nameForCreation, resolveName } from '../../model/catalog-lookup.ts';
import { relationKey } from '../../model/relation-name.ts';
import { putRelation } from '../edit-catalog.ts';
import { sequenceType } from './add-sequence.ts';
import { isRelationName } from './create-table.ts';

/** CREATE SEQUENCE. */
export function createSequence(catalog: Catalog, action: CreateSequence): Catalog {
  const name = nameForCreation(catalog, action.name);
  if (isRelationName(catalog, name)) return catalog;
  const type = sequenceType(action.type);
  return putRelation(catalog, { kind: 'sequence', name, type, ownedBy: ownerOf(catalog, action.ownedBy) });
}

/** ALTER SEQUENCE: its type and its owner are all that the catalog keeps. */
export function alterSequence(catalog: Catalog, action: AlterSequence): Catalog {
  const sequence = findRelation(catalog, action.name);
  if (sequence?.kind !== 'sequence') return catalog;
  const { ownedBy } = action;
  return putRelation(catalog, {
    ...sequence,
    type: action.type === null ? sequence.type : sequenceType(action.type),
    ownedBy: ownedBy === null ? sequence.ownedBy : ownerOf(catalog, ownedBy === 'none' ? null : ownedBy),
  });
}

function ownerOf(catalog: Catalog, owner: CreateSequence['ownedBy']): Sequence['ownedBy'] {
  if (owner === null) return null;
  return { relation: relationKey(resolveName(catalog, owner.table)), column: owner.column };
}
