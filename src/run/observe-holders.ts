import type { Connection } from '../db/connection.ts';
import type { RelationLock } from '../model/facts.ts';
import { conflictingModes, LOCK_MODES, type LockMode, strongerLockMode } from '../model/lock-mode.ts';
import type { RelationKey } from '../model/relation-name.ts';
import type { LockTarget } from './lock-target.ts';

/** A granted lock that conflicts with one that we want, as the server shows it. */
export interface Holder {
  /** null for a prepared transaction. */
  readonly pid: number | null;
  /** Tells one transaction from the next of the same session. */
  readonly transaction: string;
  readonly relation: RelationKey;
  readonly mode: LockMode;
  readonly user: string | null;
  readonly applicationName: string | null;
  readonly state: string | null;
  /** How long its transaction is open, ms; null when the role may not see it. */
  readonly ageMs: number | null;
  readonly backendType: string | null;
  readonly backendStart: string | null;
  /** Whether it has written anything in its transaction. */
  readonly writes: boolean;
  readonly isAutovacuum: boolean;
  /** An autovacuum that guards against transaction id wraparound never gives way; one of whose purpose nothing is seen may be one. */
  readonly isWraparound: boolean;
  readonly prepared: boolean;
  readonly query: string | null;
}

export interface Look {
  readonly targets: readonly LockTarget[];
  readonly holders: readonly Holder[];
}

interface TargetRow {
  readonly key: string;
  readonly tree: string;
  readonly oid: number;
  readonly lockable: boolean;
}

/**
 * The relations of the locks that exist, by the root of the partition tree, parents before
 * their partitions. Relations that a plan still has to make are left out.
 *
 * pg_catalog alone is read; nothing here waits behind anybody's lock.
 */
async function findTargets(
  connection: Connection,
  locks: readonly RelationLock[],
): Promise<readonly (LockTarget & { readonly oid: number })[]> {
  const wanted = new Map<RelationKey, LockMode>();
  for (const { relation, mode } of locks) {
    const other = wanted.get(relation);
    wanted.set(relation, other === undefined ? mode : strongerLockMode(mode, other));
  }
  const rows = await connection.query<TargetRow>(
    `WITH RECURSIVE wanted AS (
       SELECT key, pg_catalog.to_regclass(key)::oid AS oid FROM pg_catalog.unnest($1::text[]) AS key),
     up AS (
       SELECT oid, oid AS root, 0 AS depth FROM wanted WHERE oid IS NOT NULL
       UNION ALL SELECT up.oid, i.inhparent, up.depth + 1 FROM up JOIN pg_catalog.pg_inherits i ON i.inhrelid = up.root),
     top AS (SELECT DISTINCT ON (oid) oid, root, depth FROM up ORDER BY oid, depth DESC)
     SELECT w.key, w.oid, pg_catalog.format('%I.%I', n.nspname, r.relname) AS tree,
       c.relkind IN ('r', 'p') AND pg_catalog.has_table_privilege(c.oid, 'UPDATE, DELETE, TRUNCATE') AS lockable
     FROM wanted w JOIN pg_catalog.pg_class c ON c.oid = w.oid JOIN top ON top.oid = w.oid
     JOIN pg_catalog.pg_class r ON r.oid = top.root
     JOIN pg_catalog.pg_namespace n ON n.oid = r.relnamespace
     ORDER BY n.nspname COLLATE "C", r.relname COLLATE "C", top.depth, w.key COLLATE "C"`,
    [[...wanted.keys()]],
  );
  return rows.flatMap(({ key, tree, oid, lockable }) => {
    const mode = wanted.get(key);
    return mode === undefined ? [] : [{ relation: key, tree, mode, lockable, oid }];
  });
}

interface HolderRow {
  readonly relation: number;
  readonly pid: number | null;
  readonly transaction: string;
  readonly mode: string;
  readonly backend_type: string | null;
  readonly userless: boolean;
  readonly started: string | null;
  readonly writes: boolean;
  readonly usename: string | null;
  readonly application_name: string | null;
  readonly state: string | null;
  readonly age: number | null;
  readonly prepared_age: number | null;
  readonly gid: string | null;
  readonly query: string | null;
}

/**
 * Prepared transactions have no pid, and before a restart carry their old backend's virtual transaction; they are found
 * through the lock on their transaction id (checked on 15.18 and 18.4). Oids repeat across databases.
 */
const HOLDERS_SQL = `
WITH k AS MATERIALIZED (
  SELECT locktype, database, relation, transactionid, virtualtransaction, pid, mode, granted FROM pg_catalog.pg_locks),
wanted AS (SELECT * FROM unnest($1::oid[], $2::text[]) AS w (relation, mode))
SELECT l.relation, l.pid, l.virtualtransaction AS transaction, l.mode, a.backend_type,
  a.datname IS NOT NULL AND a.usesysid IS NULL AS userless, a.backend_start::text AS started, a.backend_xid IS NOT NULL AS writes, a.usename, a.application_name,
  a.state, (extract(epoch FROM clock_timestamp() - a.xact_start) * 1000)::float8 AS age,
  (extract(epoch FROM clock_timestamp() - px.prepared) * 1000)::float8 AS prepared_age, px.gid,
  left(a.query, 1000) AS query
FROM k l JOIN wanted w ON w.relation = l.relation AND w.mode = l.mode
LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
LEFT JOIN k tx ON l.pid IS NULL AND tx.pid IS NULL AND tx.granted AND tx.locktype = 'transactionid'
  AND tx.virtualtransaction = l.virtualtransaction
LEFT JOIN pg_catalog.pg_prepared_xacts px ON px.transaction = tx.transactionid
WHERE l.locktype = 'relation' AND l.granted
  AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
  AND (l.pid IS NULL OR l.pid <> ALL ($3::int[]))`;

/** What pg_locks calls a mode: `AccessShareLock` for ACCESS SHARE. */
const SERVER_NAMES: ReadonlyMap<string, LockMode> = new Map(
  LOCK_MODES.map((mode) => [
    `${mode.replace(/(\w)(\w*) ?/g, (_all, a: string, b: string) => a + b.toLowerCase())}Lock`,
    mode,
  ]),
);

function serverName(mode: LockMode): string {
  for (const [name, known] of SERVER_NAMES) if (known === mode) return name;
  return mode;
}

/**
 * Who holds locks that conflict with those that a step needs, right now.
 *
 * @param own the pids of our own sessions, which are not counted.
 */
export async function lookAtHolders(
  connection: Connection,
  locks: readonly RelationLock[],
  own: readonly number[],
): Promise<Look> {
  const targets = await findTargets(connection, locks);
  const pairs = targets.flatMap(({ oid, mode }) =>
    conflictingModes(mode).map((held) => [oid, serverName(held)] as const),
  );
  const rows =
    pairs.length === 0
      ? []
      : await connection.query<HolderRow>(HOLDERS_SQL, [pairs.map(([oid]) => oid), pairs.map(([, name]) => name), own]);
  const keys = new Map(targets.map(({ oid, relation }) => [oid, relation]));
  return {
    targets: targets.map(({ relation, tree, mode, lockable }) => ({ relation, tree, mode, lockable })),
    holders: rows.map((row) => holder(row, keys.get(row.relation) ?? String(row.relation))),
  };
}

function holder(row: HolderRow, relation: RelationKey): Holder {
  // Of other sessions a role without pg_read_all_stats sees neither kind nor query; but only an autovacuum works in a
  // database as nobody (seen on 13, 14 and 18). Whether it guards against wraparound is hidden then, so it is taken for one.
  const isHidden = row.userless && row.backend_type === null;
  const isAutovacuum = isHidden || row.backend_type === 'autovacuum worker';
  return {
    pid: row.pid,
    transaction: `${row.pid ?? 'prepared'} ${row.transaction}`,
    relation,
    mode: SERVER_NAMES.get(row.mode) ?? 'ACCESS EXCLUSIVE',
    user: row.usename,
    applicationName: row.gid === null ? row.application_name : `prepared as ${row.gid}`,
    state: row.state,
    ageMs: row.age ?? row.prepared_age,
    backendType: row.backend_type,
    backendStart: row.started,
    writes: row.writes,
    isAutovacuum,
    isWraparound: isHidden || (isAutovacuum && (row.query ?? '').includes('to prevent wraparound')),
    prepared: row.pid === null,
    query: row.query,
  };
}
