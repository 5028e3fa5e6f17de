import type { RangeVar } from 'libpg-query';
import type { RelationReference } from '../../model/relation-name.ts';
import { persistenceOf } from './read-create-table.ts';
import { relationReference } from './relation-reference.ts';

/** Where a relation is made; a temporary one is in the schema that only its session sees. */
export function createdName(target: RangeVar | undefined): RelationReference {
  const reference = relationReference(target);
  const isTemporary = persistenceOf(target?.relpersistence, target?.schemaname) === 'temporary';
  return isTemporary ? { ...reference, schema: 'pg_temp' } : reference;
}
