import type pg from 'pg';
import { InvariantError } from '../src/model/error.ts';
import { LOCK_MODES, type LockMode, strongerLockMode } from '../src/model/lock-mode.ts';
import { type RelationKey, relationKey } from '../src/model/relation-name.ts';
import type { MeasuredLock, RelationKind } from './measured-form.ts';

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
         coalesce(pg_relation_filenode(c.oid), 0)::int8 AS file_node, coalesce(i.indrelid, 0)::int8 AS indexed
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_index i ON i.indexrelid = c.oid
   WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') AND n.nspname NOT LIKE 'pg\\_%'
     AND n.nspname <> 'measuring'`;

/** Every relation of users that a connection sees, by oid. Catalogs, TOAST and temporary relations are left out. */
export async function readRelationStates(client: pg.Client): Promise<RelationStates> {
  const { rows } = await client.query<{
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
export async function countRows(client: pg.Client, states: RelationStates): Promise<ReadonlyMap<number, number>> {
  const counted = [...states.values()].filter(hasRows);
  const selects = counted.map((state) => `SELECT ${state.oid} AS oid, count(*)::int AS rows FROM ONLY ${state.key}`);
  if (selects.length === 0) return new Map();
  const { rows } = await client.query<{ oid: number; rows: number }>(selects.join(' UNION ALL '));
  return new Map(rows.map((row) => [row.oid, row.rows]));
}

/** Whether the relation is one that holds rows of its own and can be read. */
export function hasRows(state: RelationState): boolean {
  return (state.kind === 'table' || state.kind === 'materialized-view') && state.fileNode !== 0 && state.populated;
}

/** Relation locks that a backend holds or waits for in the database of `client`, by oid, strongest mode. */
export async function readLocks(client: pg.Client, pid: number): Promise<ReadonlyMap<number, LockMode>> {
  const { rows } = await client.query<{ oid: string; mode: string }>(
    `SELECT relation::int8 AS oid, mode FROM pg_locks
      WHERE locktype = 'relation' AND pid = $1
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    [pid],
  );
  const strongest = new Map<number, LockMode>();
  for (const row of rows) addLockMode(strongest, Number(row.oid), lockModeOf(row.mode));
  return strongest;
}

/** Keeps the stronger of a mode known so far and a new one. */
export function addLockMode(strongest: Map<number, LockMode>, oid: number, mode: LockMode): void {
  const known = strongest.get(oid);
  strongest.set(oid, known === undefined ? mode : strongerLockMode(known, mode));
}

/** Locks on relations that were there before, under their names from before, sorted. */
export function namedLocks(before: RelationStates, locks: ReadonlyMap<number, LockMode>): readonly MeasuredLock[] {
  const named: MeasuredLock[] = [];
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
