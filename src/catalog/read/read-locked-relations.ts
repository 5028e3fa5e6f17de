import type { Connection } from '../../db/connection.ts';
import { type RelationKey, relationKey } from '../../model/relation-name.ts';
import { LOCKED_RELATIONS } from './lock-policy.ts';
import { IS_USER_SCHEMA } from './user-objects.ts';

/** The user's relations that somebody holds or wants under ACCESS EXCLUSIVE right now, by key, sorted. */
export async function readLockedRelations(connection: Connection): Promise<readonly RelationKey[]> {
  const rows = await connection.query<{ schema: string; name: string }>(
    `SELECT n.nspname AS schema, c.relname AS name
      FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      WHERE c.oid = ANY (${LOCKED_RELATIONS}) AND ${IS_USER_SCHEMA}`,
  );
  return rows.map(relationKey).sort();
}
