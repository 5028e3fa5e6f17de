import type { Connection } from '../../db/connection.ts';
import { type LockPolicy, unlessReadsLocked } from './lock-policy.ts';
import { IS_USER_SCHEMA, isExtensionOwned } from './user-objects.ts';

/** One relation that a view reads, with the numbers of its columns (JSON). */
export interface ReadRow {
  readonly view: string;
  readonly relation: string;
  readonly columns: string;
}

export function readViewReads(connection: Connection): Promise<readonly ReadRow[]> {
  return connection.query<ReadRow>(`SELECT r.ev_class::text AS view, d.refobjid::text AS relation,
      coalesce(json_agg(DISTINCT d.refobjsubid) FILTER (WHERE d.refobjsubid > 0), '[]')::text AS columns
    FROM pg_rewrite r
    JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
      AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> r.ev_class
    JOIN pg_class c ON c.oid = r.ev_class
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE r.rulename = '_RETURN' AND c.relkind IN ('v', 'm') AND ${IS_USER_SCHEMA}
    GROUP BY r.ev_class, d.refobjid`);
}

export interface ViewSqlRow {
  readonly oid: string;
  /** null when somebody kept the view locked, or what it reads. */
  readonly sql: string | null;
}

/** The queries of the views. The server locks what a view reads (ACCESS SHARE) to print it: this comes last. */
export function readViewSql(connection: Connection, locks: LockPolicy): Promise<readonly ViewSqlRow[]> {
  const query = unlessReadsLocked(locks, 'view', 'c.oid', `rtrim(btrim(pg_get_viewdef(c.oid)), ';')`);
  return connection.query<ViewSqlRow>(`SELECT c.oid::text AS oid, ${query} AS sql
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('v', 'm') AND ${IS_USER_SCHEMA} AND NOT ${isExtensionOwned('pg_class', 'c.oid')}`);
}
