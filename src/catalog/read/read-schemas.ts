import type { Connection } from '../../db/connection.ts';
import { IS_USER_SCHEMA } from './user-objects.ts';

export async function readSchemas(connection: Connection): Promise<readonly string[]> {
  const rows = await connection.query<{ name: string }>(
    `SELECT n.nspname AS name FROM pg_namespace n WHERE ${IS_USER_SCHEMA}`,
  );
  return rows.map((row) => row.name).sort();
}

/** The schemas of the session's search_path that exist, in its order. */
export async function readSearchPath(connection: Connection): Promise<readonly string[]> {
  const rows = await connection.query<{ path: string }>('SELECT to_json(current_schemas(false))::text AS path');
  const path = JSON.parse(rows[0]?.path ?? '[]') as readonly string[];
  return path.filter((schema) => !schema.startsWith('pg_'));
}
