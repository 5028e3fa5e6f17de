import type { Connection } from '../../db/connection.ts';
import type { Table } from '../../model/catalog.ts';
import { type LockPolicy, unlessLocked } from './lock-policy.ts';
import { tablespaceOf } from './tablespace-of.ts';
import { IS_USER_SCHEMA, isExtensionOwned } from './user-objects.ts';

/** A table, partitioned table, view, materialized view or sequence of the user's. */
export interface RelationRow {
  readonly oid: string;
  readonly schema: string;
  readonly name: string;
  readonly kind: 'r' | 'p' | 'v' | 'm' | 'S';
  readonly persistence: 'p' | 'u' | 't';
  readonly replicaIdentity: 'd' | 'f' | 'n' | 'i';
  readonly rowSecurity: boolean;
  readonly forceRowSecurity: boolean;
  readonly rows: number;
  readonly pages: number;
  readonly bound: string | null;
  /** `RANGE (a, b)`; null also when somebody kept the table locked. */
  readonly partitionKey: string | null;
  readonly partitionStrategy: 'r' | 'l' | 'h' | null;
  /** JSON: names of the rules that somebody wrote. */
  readonly rules: string;
  /** null for pg_default. */
  readonly tablespace: string | null;
  /** null for heap, and for what has no rows. */
  readonly accessMethod: string | null;
}

export function readRelations(connection: Connection, locks: LockPolicy): Promise<readonly RelationRow[]> {
  return connection.query<RelationRow>(`SELECT c.oid::text AS oid, n.nspname AS schema, c.relname AS name,
      c.relkind AS kind, c.relpersistence AS persistence, c.relreplident AS "replicaIdentity",
      c.relrowsecurity AS "rowSecurity", c.relforcerowsecurity AS "forceRowSecurity",
      c.reltuples::float8 AS rows, c.relpages AS pages,
      CASE WHEN c.relispartition THEN pg_get_expr(c.relpartbound, 0) END AS bound,
      CASE WHEN c.relkind = 'p' THEN ${unlessLocked(locks, ['c.oid'], 'pg_get_partkeydef(c.oid)')} END AS "partitionKey",
      (SELECT k.partstrat FROM pg_partitioned_table k WHERE k.partrelid = c.oid) AS "partitionStrategy",
      coalesce((SELECT json_agg(r.rulename ORDER BY r.rulename COLLATE "C") FROM pg_rewrite r
        WHERE r.ev_class = c.oid AND r.rulename <> '_RETURN'), '[]')::text AS rules,
      ${tablespaceOf('c')} AS tablespace,
      (SELECT nullif(am.amname, 'heap') FROM pg_am am WHERE am.oid = c.relam) AS "accessMethod"
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S') AND ${IS_USER_SCHEMA} AND NOT ${isExtensionOwned('pg_class', 'c.oid')}
    ORDER BY n.nspname, c.relname`);
}

/** A parent of a table, by inheritance or partitioning. */
export interface ParentRow {
  readonly child: string;
  readonly parent: string;
}

export function readParents(connection: Connection): Promise<readonly ParentRow[]> {
  return connection.query<ParentRow>(`SELECT i.inhrelid::text AS child, i.inhparent::text AS parent
    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE c.relkind IN ('r', 'p') ORDER BY i.inhrelid, i.inhseqno`);
}

const REPLICA_IDENTITIES: Readonly<Record<RelationRow['replicaIdentity'], Table['replicaIdentity']>> = {
  d: 'default',
  f: 'full',
  n: 'nothing',
  i: 'index',
};

export function replicaIdentityOf(row: RelationRow): Table['replicaIdentity'] {
  return REPLICA_IDENTITIES[row.replicaIdentity];
}

const STRATEGIES = { r: 'range', l: 'list', h: 'hash' } as const;

/** With an empty key when somebody kept the table locked. */
export function partitionByOf(row: RelationRow): Table['partitionBy'] {
  if (row.partitionStrategy === null) return null;
  const [, key = ''] = /^[A-Z]+ \((.*)\)$/s.exec(row.partitionKey ?? '') ?? [];
  return { strategy: STRATEGIES[row.partitionStrategy], key };
}

/** Row estimate and size; both null until somebody has counted (VACUUM, ANALYZE, CREATE INDEX). */
export function sizeOf(row: RelationRow): { readonly rowsEstimate: number | null; readonly bytes: number | null } {
  // Before 14 a table that nobody counted says 0 rows in 0 pages, as an empty one does.
  const isCounted = row.rows > 0 || (row.rows === 0 && row.pages > 0);
  return isCounted
    ? { rowsEstimate: row.rows, bytes: Math.max(row.pages, 0) * 8192 }
    : { rowsEstimate: null, bytes: null };
}
