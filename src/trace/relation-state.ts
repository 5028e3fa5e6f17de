import type { Connection } from '../db/connection.ts';
import { InvariantError } from '../model/error.ts';
import { LOCK_MODES, type LockMode, strongerLockMode } from '../model/lock-mode.ts';
import { type RelationKey, relationKey } from '../model/relation-name.ts';
import type { ObservedLock, RelationKind } from './statement-outcome.ts';

/** A relation as it is at one moment. */
export interface RelationState {
  readonly oid: number;
  readonly key: RelationKey;
  readonly kind: RelationKind;
  /** 0 when the relation has no file. */
  readonly fileNode: number;
  /** The table of an index, else 0. */
  readonly indexedOid: number;
  readonly populated: boolean;
}

export type RelationStates = ReadonlyMap<number, RelationState>;

const KINDS: Readonly<Record<string, RelationKind>> = {
  r: 'table',
  p: 'partitioned-table',
  i: 'index',
  I: 'partitioned-index',
  v: 'view',
  m: 'materialized-view',
  S: 'sequence',
};

const STATES = `
  SELECT c.oid::int8 AS oid, n.nspname, c.relname, c.relkind, c.relispopulated AS populated,
         coalesce(pg_catalog.pg_relation_filenode(c.oid), 0)::int8 AS file_node, coalesce(i.indrelid, 0)::int8 AS indexed
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid
   WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') AND n.nspname NOT LIKE 'pg\\_%'
     AND n.nspname <> 'measuring'`;

/** Every relation of users that a connection sees, by oid. Catalogs, TOAST and temporary relations are left out. */
export async function readRelationStates(connection: Connection): Promise<RelationStates> {
  const rows = await connection.query<{
    oid: string;
    nspname: string;
    relname: string;
    relkind: string;
    populated: boolean;
    file_node: string;
    indexed: string;
  }>(STATES);
  return new Map(
    rows.map((row) => [
      Number(row.oid),
      {
        oid: Number(row.oid),
        key: relationKey({ schema: row.nspname, name: row.relname }),
        kind: KINDS[row.relkind] ?? 'other',
        fileNode: Number(row.file_node),
        indexedOid: Number(row.indexed),
        populated: row.populated,
      },
    ]),
  );
}

/** Rows of every table and materialized view that has a file, counted one by one. */
export async function countRows(connection: Connection, states: RelationStates): Promise<ReadonlyMap<number, number>> {
  const counted = [...states.values()].filter(hasRows);
  const selects = counted.map((state) => `SELECT ${state.oid} AS oid, count(*)::int AS rows FROM ONLY ${state.key}`);
  if (selects.length === 0) return new Map();
  const rows = await connection.query<{ oid: number; rows: number }>(selects.join(' UNION ALL '));
  return new Map(rows.map((row) => [row.oid, row.rows]));
}

/** Whether the relation is one that holds rows of its own and can be read. */
export function hasRows(state: RelationState): boolean {
  return (state.kind === 'table' || state.kind === 'materialized-view') && state.fileNode !== 0 && state.populated;
}

/** Modes that a backend holds or waits for, by the oid of the relation. */
export type LockModes = ReadonlyMap<number, ReadonlySet<LockMode>>;

/** Every relation lock that a backend holds or waits for in the database of `connection`. */
export async function readLockModes(connection: Connection, pid: number): Promise<LockModes> {
  const rows = await connection.query<{ oid: string; mode: string }>(
    `SELECT relation::int8 AS oid, mode FROM pg_catalog.pg_locks
      WHERE locktype = 'relation' AND pid = $1
        AND database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())`,
    [pid],
  );
  const modes = new Map<number, Set<LockMode>>();
  for (const row of rows) {
    const known = modes.get(Number(row.oid)) ?? new Set();
    modes.set(Number(row.oid), known.add(lockModeOf(row.mode)));
  }
  return modes;
}

/** Relation locks that a backend holds or waits for in the database of `connection`, by oid, strongest mode. */
export async function readLocks(connection: Connection, pid: number): Promise<ReadonlyMap<number, LockMode>> {
  return strongestModes(await readLockModes(connection, pid));
}

/** The strongest mode of each relation. */
export function strongestModes(modes: LockModes): ReadonlyMap<number, LockMode> {
  const strongest = new Map<number, LockMode>();
  for (const [oid, held] of modes) for (const mode of held) addLockMode(strongest, oid, mode);
  return strongest;
}

/** Keeps the stronger of a mode known so far and a new one. */
export function addLockMode(strongest: Map<number, LockMode>, oid: number, mode: LockMode): void {
  const known = strongest.get(oid);
  strongest.set(oid, known === undefined ? mode : strongerLockMode(known, mode));
}

/** Locks on relations that were there before, under their names from before, sorted. */
export function namedLocks(before: RelationStates, locks: ReadonlyMap<number, LockMode>): readonly ObservedLock[] {
  const named: ObservedLock[] = [];
  for (const [oid, mode] of locks) {
    const state = before.get(oid);
    if (state !== undefined) named.push({ relation: state.key, relationKind: state.kind, mode });
  }
  return named.sort((a, b) => compareText(a.relation, b.relation));
}

/** Code unit order: the same on every machine, whatever its locale. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** `AccessExclusiveLock` of pg_locks in the words of the manual. */
function lockModeOf(name: string): LockMode {
  const words = name
    .replace(/Lock$/, '')
    .replace(/(?<=[a-z])(?=[A-Z])/g, ' ')
    .toUpperCase();
  const mode = LOCK_MODES.find((known) => known === words);
  if (mode === undefined) throw new InvariantError(`pg_locks showed the mode ${name}, which is not a table lock mode.`);
  return mode;
}
