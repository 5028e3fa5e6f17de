import type { Catalog } from '../../model/catalog.ts';
import { chooseRelationName } from '../../model/object-name.ts';
import {
  type QualifiedName,
  type RelationKey,
  type RelationReference,
  relationKey,
} from '../../model/relation-name.ts';
import { putRelation } from '../edit-catalog.ts';

const SEQUENCE_TYPES: Readonly<Record<string, string>> = {
  smallint: 'int2',
  int2: 'int2',
  integer: 'int4',
  int: 'int4',
  int4: 'int4',
};

/** The internal name of a sequence's type; bigint unless said otherwise. */
export function sequenceType(written: string): string {
  return SEQUENCE_TYPES[written] ?? 'int8';
}

/** The sequence behind a serial or identity column, named as the statement says or as the server would name it. */
export function addOwnedSequence(
  catalog: Catalog,
  table: QualifiedName,
  column: string,
  type: string,
  given: RelationReference | null = null,
): { readonly catalog: Catalog; readonly sequence: RelationKey } {
  const name = {
    schema: given?.schema ?? table.schema,
    name: given?.name ?? chooseRelationName(catalog, table.schema, table.name, column, 'seq'),
  };
  const ownedBy = { relation: relationKey(table), column };
  const added = putRelation(catalog, { kind: 'sequence', name, type: sequenceType(type), ownedBy });
  return { catalog: added, sequence: relationKey(name) };
}
