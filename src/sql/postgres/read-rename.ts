import type { AlterObjectSchemaStmt, AlterOwnerStmt, RangeVar, RenameStmt } from 'libpg-query';
import type { ChangeOwner, Rename, RenameObject, SetSchema } from '../../model/action.ts';
import type { RelationReference } from '../../model/relation-name.ts';
import { objectWord } from './object-word.ts';
import { objectReference, relationReference } from './relation-reference.ts';

const KNOWN: ReadonlySet<string> = new Set<RenameObject>([
  'table',
  'column',
  'constraint',
  'index',
  'view',
  'materialized-view',
  'sequence',
  'type',
  'domain',
  'schema',
  'trigger',
  'policy',
  'rule',
  'function',
  'statistics',
  'publication',
]);

/** ALTER ... RENAME of anything, members of tables and types included. */
export function readRename(statement: RenameStmt): Rename {
  const isOfDomain = statement.renameType === 'OBJECT_DOMCONSTRAINT';
  const object = isOfDomain ? 'domain' : renameObject(statement.renameType);
  // Schemas, roles and databases have no node of their own: the grammar keeps their name where members have theirs.
  const isNamedBySubname = statement.relation === undefined && statement.object === undefined;
  return {
    kind: 'rename',
    object,
    name: isNamedBySubname
      ? { schema: null, name: statement.subname ?? '' }
      : nameOf(statement.relation, statement.object),
    member: isNamedBySubname ? null : (statement.subname ?? null),
    to: statement.newname ?? '',
    ifExists: statement.missing_ok ?? false,
    only: statement.relation !== undefined && statement.relation.inh !== true,
  };
}

/** ALTER ... SET SCHEMA. */
export function readSetSchema(statement: AlterObjectSchemaStmt): SetSchema {
  return {
    kind: 'set-schema',
    object: renameObject(statement.objectType),
    name: nameOf(statement.relation, statement.object),
    schema: statement.newschema ?? '',
    ifExists: statement.missing_ok ?? false,
  };
}

/** ALTER ... OWNER TO, where the grammar does not make an ALTER TABLE of it. */
export function readChangeOwner(statement: AlterOwnerStmt): ChangeOwner {
  return {
    kind: 'change-owner',
    object: renameObject(statement.objectType),
    name: nameOf(statement.relation, statement.object),
  };
}

function renameObject(type: RenameStmt['renameType']): RenameObject {
  const word = objectWord(type);
  return KNOWN.has(word) ? (word as RenameObject) : 'other';
}

function nameOf(relation: RangeVar | undefined, object: RenameStmt['object']): RelationReference {
  return relation === undefined ? objectReference(object) : relationReference(relation);
}
