import type { CreateExtensionStmt, CreateSchemaStmt } from 'libpg-query';
import type { Action, CreateExtension } from '../../model/action.ts';

/** CREATE SCHEMA; one that brings its own tables along stays opaque, as they would be overlooked. */
export function readCreateSchema(statement: CreateSchemaStmt): Action {
  if ((statement.schemaElts ?? []).length > 0) return { kind: 'opaque', statementName: 'CreateSchemaStmt' };
  return {
    kind: 'create-schema',
    // CREATE SCHEMA AUTHORIZATION role takes the role's name.
    name: statement.schemaname ?? statement.authrole?.rolename ?? '',
    ifNotExists: statement.if_not_exists ?? false,
  };
}

/** CREATE EXTENSION. */
export function readCreateExtension(statement: CreateExtensionStmt): CreateExtension {
  return { kind: 'create-extension', name: statement.extname ?? '' };
}
