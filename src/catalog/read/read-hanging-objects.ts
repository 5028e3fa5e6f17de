import type { Connection } from '../../db/connection.ts';
import type { CatalogPublication, ExtendedStatistics, PolicyRead } from '../../model/catalog.ts';
import { type RelationKey, relationKey } from '../../model/relation-name.ts';
import { IS_USER_SCHEMA } from './user-objects.ts';

interface NameRow {
  readonly schema: string;
  readonly name: string;
}

/** The extensions of the database, but for the language that every database has. */
export async function readExtensions(connection: Connection): Promise<readonly string[]> {
  const rows = await connection.query<{ name: string }>(
    `SELECT extname AS name FROM pg_extension WHERE extname <> 'plpgsql' ORDER BY extname COLLATE "C"`,
  );
  return rows.map((row) => row.name);
}

interface PublicationRow {
  readonly name: string;
  readonly allTables: boolean;
  readonly publishesChanges: boolean;
  readonly tables: string;
  readonly schemas: string;
}

/** Publications with the tables and schemas that are named in them. */
export async function readPublications(connection: Connection): Promise<readonly CatalogPublication[]> {
  // Whole schemas can be published since 15.
  const schemas =
    connection.serverMajor >= 15
      ? `(SELECT json_agg(n.nspname ORDER BY n.nspname COLLATE "C")
          FROM pg_publication_namespace s JOIN pg_namespace n ON n.oid = s.pnnspid WHERE s.pnpubid = p.oid)`
      : 'NULL::json';
  const rows = await connection.query<PublicationRow>(
    `SELECT p.pubname AS name, p.puballtables AS "allTables", p.pubupdate OR p.pubdelete AS "publishesChanges",
        coalesce((SELECT json_agg(json_build_object('schema', n.nspname, 'name', c.relname))
          FROM pg_publication_rel r JOIN pg_class c ON c.oid = r.prrelid JOIN pg_namespace n ON n.oid = c.relnamespace
          WHERE r.prpubid = p.oid), '[]')::text AS tables,
        coalesce(${schemas}, '[]')::text AS schemas
      FROM pg_publication p ORDER BY p.pubname COLLATE "C"`,
  );
  return rows.map(({ name, allTables, publishesChanges, tables, schemas: named }) => ({
    name,
    allTables,
    tables: keysIn(tables),
    schemas: JSON.parse(named) as readonly string[],
    ...(publishesChanges ? {} : { insertsOnly: true as const }),
  }));
}

function keysIn(json: string): readonly RelationKey[] {
  return (JSON.parse(json) as readonly NameRow[]).map(relationKey).sort();
}

/** CREATE STATISTICS, with the columns that each names. */
export async function readStatistics(connection: Connection): Promise<readonly ExtendedStatistics[]> {
  const rows = await connection.query<NameRow & { tableSchema: string; tableName: string; columns: string }>(
    `SELECT n.nspname AS schema, s.stxname AS name, tn.nspname AS "tableSchema", c.relname AS "tableName",
        coalesce((SELECT json_agg(DISTINCT a.attname) FROM pg_depend d
          JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
          WHERE d.classid = 'pg_statistic_ext'::regclass AND d.objid = s.oid
            AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0), '[]')::text AS columns
      FROM pg_statistic_ext s
      JOIN pg_class c ON c.oid = s.stxrelid
      JOIN pg_namespace n ON n.oid = s.stxnamespace
      JOIN pg_namespace tn ON tn.oid = c.relnamespace
      WHERE ${IS_USER_SCHEMA}`,
  );
  return rows
    .map(({ schema, name, tableSchema, tableName, columns }) => ({
      name: { schema, name },
      table: relationKey({ schema: tableSchema, name: tableName }),
      columns: [...(JSON.parse(columns) as readonly string[])].sort(),
    }))
    .sort((a, b) => (relationKey(a.name) < relationKey(b.name) ? -1 : 1));
}

/** What the conditions of policies name. */
export async function readPolicyReads(connection: Connection): Promise<readonly PolicyRead[]> {
  const rows = await connection.query<
    NameRow & { readSchema: string; readName: string; policy: string; columns: string }
  >(`SELECT n.nspname AS schema, c.relname AS name, rn.nspname AS "readSchema", r.relname AS "readName",
        p.polname AS policy,
        coalesce(json_agg(DISTINCT a.attname) FILTER (WHERE a.attname IS NOT NULL), '[]')::text AS columns
      FROM pg_policy p
      JOIN pg_class c ON c.oid = p.polrelid
      JOIN pg_namespace n ON n.oid = c.relnamespace
      JOIN pg_depend d ON d.classid = 'pg_policy'::regclass AND d.objid = p.oid
        AND d.refclassid = 'pg_class'::regclass AND (d.refobjid <> p.polrelid OR d.refobjsubid > 0)
      JOIN pg_class r ON r.oid = d.refobjid
      JOIN pg_namespace rn ON rn.oid = r.relnamespace
      LEFT JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid AND d.refobjsubid > 0
      WHERE ${IS_USER_SCHEMA}
      GROUP BY n.nspname, c.relname, rn.nspname, r.relname, p.polname`);
  return rows
    .map(({ schema, name, readSchema, readName, policy, columns }) => ({
      table: relationKey({ schema, name }),
      policy,
      relation: relationKey({ schema: readSchema, name: readName }),
      columns: [...(JSON.parse(columns) as readonly string[])].sort(),
    }))
    .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}
