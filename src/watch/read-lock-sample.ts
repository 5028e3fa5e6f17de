import type { Connection } from '../db/connection.ts';
import { LOCK_MODES, type LockMode } from '../model/lock-mode.ts';
import { relationKey } from '../model/relation-name.ts';
import type { LockedThing } from '../model/wait-forest.ts';
import type { LockSample, SampledLock, SampledSession } from './lock-sample.ts';
import type { QueryShapes } from './query-shapes.ts';

/** What a watcher keeps between two samples, so that it asks for no name twice. */
export interface SampleMemory {
  readonly relations: Map<number, string>;
  readonly shapes: QueryShapes;
}

export interface ReadSample extends LockSample {
  /** Of the sessions of the run, whether they wait or not. */
  readonly runPids: readonly number[];
  /** Whether the role is shown what other sessions do. */
  readonly seesOthers: boolean;
}

interface LockRow {
  readonly tag: string;
  readonly locktype: string;
  readonly relation: number | null;
  readonly pid: number | null;
  readonly transaction: string;
  readonly mode: string;
  readonly granted: boolean;
  readonly waited_ms: number | null;
  readonly gid: string | null;
  readonly prepared_ms: number | null;
}

/**
 * One reading of pg_locks: the locks that somebody waits for, with all who hold or want them. Granted locks on virtual
 * transactions stay in: only they tell whom a concurrent index build waits for. The kinds of locks differ in the
 * columns that they use, so the columns that are not null name the thing.
 *
 * Oids repeat across databases. A prepared transaction has no pid; its transaction id leads to its name.
 */
function locksSql(major: number): string {
  const waited = 'extract(epoch FROM pg_catalog.clock_timestamp() - waitstart) * 1000';
  return `
WITH k AS MATERIALIZED (
  SELECT pg_catalog.concat_ws(' ', locktype, database, relation, page, tuple, virtualxid, transactionid, classid, objid,
      objsubid) AS tag, locktype, relation, transactionid, virtualtransaction, pid, mode, granted,
    (${major >= 14 ? waited : 'NULL'})::float8 AS waited_ms
  FROM pg_catalog.pg_locks
  WHERE mode <> 'SIReadLock' AND pid IS DISTINCT FROM pg_catalog.pg_backend_pid() AND (database IS NULL OR database = 0
    OR database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()))),
waited AS (SELECT DISTINCT tag FROM k WHERE NOT granted),
rows AS (SELECT pid, min(relation) AS relation FROM k WHERE locktype = 'tuple' AND granted GROUP BY pid),
prepared AS (
  SELECT k.virtualtransaction, p.gid,
    (extract(epoch FROM pg_catalog.clock_timestamp() - p.prepared) * 1000)::float8 AS prepared_ms
  FROM k JOIN pg_catalog.pg_prepared_xacts p ON p.transaction = k.transactionid
  WHERE k.pid IS NULL AND k.granted AND k.locktype = 'transactionid')
SELECT k.tag, k.locktype, coalesce(k.relation, rows.relation) AS relation, k.pid, k.virtualtransaction AS transaction,
  k.mode, k.granted, k.waited_ms, prepared.gid, prepared.prepared_ms
FROM k JOIN waited USING (tag)
LEFT JOIN rows ON rows.pid = k.pid AND k.locktype = 'transactionid' AND NOT k.granted
LEFT JOIN prepared ON k.pid IS NULL AND prepared.virtualtransaction = k.virtualtransaction`;
}

/** Reads who holds and who wants the locks that somebody waits for. Nothing in here waits for a lock on a user's table. */
export async function readLockSample(
  connection: Connection,
  run: string,
  alsoPids: readonly number[],
  memory: SampleMemory,
): Promise<ReadSample> {
  const rows = await connection.query<LockRow>(locksSql(connection.serverMajor));
  const pids = new Set([...alsoPids, ...rows.flatMap(({ pid }) => (pid === null ? [] : [pid]))]);
  const activities = await readActivities(connection, [...pids]);
  await learnNames(connection, rows, memory.relations);
  const sessions = new Map<string, SampledSession>();
  const queryMs = new Map<number, number>();
  for (const activity of activities) {
    queryMs.set(activity.pid, activity.query_ms ?? 0);
    sessions.set(String(activity.pid), sessionOf(activity, run, memory));
  }
  for (const row of rows) if (row.pid === null) sessions.set(sessionId(row), preparedSession(row));
  return {
    locks: rows.flatMap((row) => lockOf(row, memory.relations, queryMs)),
    sessions: [...sessions.values()],
    runPids: [...sessions.values()].flatMap(({ isRun, pid }) => (isRun && pid !== null ? [pid] : [])),
    seesOthers: activities.every(({ query }) => query !== HIDDEN),
  };
}

/** What stands for the query of a session that the role may not look into. */
const HIDDEN = '<insufficient privilege>';

interface ActivityRow {
  readonly pid: number;
  readonly leader_pid: number | null;
  /** What only a role that may look into other sessions sees for certain: else by the user, whom no other worker lacks. */
  readonly is_autovacuum: boolean;
  readonly usename: string | null;
  readonly application_name: string | null;
  readonly state: string | null;
  readonly xact_ms: number | null;
  readonly query_ms: number | null;
  readonly query: string | null;
}

function readActivities(connection: Connection, pids: readonly number[]): Promise<readonly ActivityRow[]> {
  return connection.query<ActivityRow>(
    `SELECT pid, leader_pid, usename,
       coalesce(backend_type = 'autovacuum worker', datname IS NOT NULL AND usesysid IS NULL) AS is_autovacuum, application_name, state,
       (extract(epoch FROM pg_catalog.clock_timestamp() - xact_start) * 1000)::float8 AS xact_ms,
       (extract(epoch FROM pg_catalog.clock_timestamp() - query_start) * 1000)::float8 AS query_ms,
       pg_catalog.left(query, 400) AS query
     FROM pg_catalog.pg_stat_activity WHERE pid = ANY ($1::int[]) OR application_name LIKE 'evenkeel:%'`,
    [pids],
  );
}

function sessionOf(row: ActivityRow, run: string, memory: SampleMemory): SampledSession {
  return {
    id: String(row.pid),
    pid: row.pid,
    leader: row.leader_pid === null ? null : String(row.leader_pid),
    isRun: row.application_name?.startsWith('evenkeel:') === true && row.application_name.endsWith(`:${run}`),
    user: row.usename,
    applicationName: row.application_name,
    state: row.state,
    transactionMs: row.xact_ms,
    isAutovacuum: row.is_autovacuum,
    query: row.query === HIDDEN ? null : memory.shapes.shapeOf(row.query),
  };
}

function preparedSession(row: LockRow): SampledSession {
  return {
    id: sessionId(row),
    pid: null,
    leader: null,
    isRun: false,
    user: null,
    applicationName: row.gid,
    state: 'prepared',
    transactionMs: row.prepared_ms,
    isAutovacuum: false,
    query: null,
  };
}

function sessionId(row: LockRow): string {
  return row.pid === null ? `prepared ${row.transaction}` : String(row.pid);
}

/** Servers before 14 do not tell since when a lock is waited for; the start of the query is the best there is. */
function lockOf(
  row: LockRow,
  relations: ReadonlyMap<number, string>,
  queryMs: ReadonlyMap<number, number>,
): readonly SampledLock[] {
  const mode = modeOf(row.mode);
  if (mode === undefined) return [];
  const waitedMs = row.waited_ms ?? (row.pid === null ? 0 : (queryMs.get(row.pid) ?? 0));
  return [
    {
      tag: row.tag,
      ...thingOf(row, relations),
      mode,
      granted: row.granted,
      session: sessionId(row),
      waitedMs: row.granted ? 0 : Math.max(0, waitedMs),
    },
  ];
}

/** pg_locks writes `AccessShareLock` for ACCESS SHARE. */
function modeOf(name: string): LockMode | undefined {
  const words = name
    .replace(/Lock$/, '')
    .replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ')
    .toUpperCase();
  return LOCK_MODES.find((mode) => mode === words);
}

function thingOf(
  row: LockRow,
  relations: ReadonlyMap<number, string>,
): { readonly thing: LockedThing; readonly on: string } {
  const relation = row.relation === null ? null : (relations.get(row.relation) ?? 'a relation');
  switch (row.locktype) {
    case 'relation':
      return { thing: 'relation', on: relation ?? 'a relation' };
    case 'tuple':
      return { thing: 'row', on: `a row of ${relation}` };
    case 'transactionid':
      return relation === null
        ? { thing: 'transaction', on: 'the end of a transaction' }
        : { thing: 'row', on: `a row of ${relation}` };
    case 'virtualxid':
      return { thing: 'transaction', on: 'the end of a transaction' };
    case 'advisory':
      return { thing: 'other', on: 'an advisory lock' };
    case 'extend':
      return { thing: 'other', on: `new space for ${relation}` };
    default:
      return { thing: 'other', on: `a lock of kind ${row.locktype}` };
  }
}

async function learnNames(connection: Connection, rows: readonly LockRow[], known: Map<number, string>): Promise<void> {
  const wanted = new Set(rows.flatMap(({ relation }) => (relation === null || known.has(relation) ? [] : [relation])));
  if (wanted.size === 0) return;
  const found = await connection.query<{ oid: number; schema: string; name: string }>(
    `SELECT c.oid, n.nspname AS schema, c.relname AS name FROM pg_catalog.pg_class c
     JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = ANY ($1::oid[])`,
    [[...wanted]],
  );
  for (const { oid, schema, name } of found) known.set(oid, relationKey({ schema, name }));
}
