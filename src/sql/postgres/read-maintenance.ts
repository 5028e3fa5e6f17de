import type { ClusterStmt, LockStmt, Node, ReindexStmt, TruncateStmt, VacuumStmt } from 'libpg-query';
import type { Analyze, Cluster, LockTable, Reindex, Truncate, Vacuum } from '../../model/action.ts';
import { LOCK_MODES } from '../../model/lock-mode.ts';
import { relationReference } from './relation-reference.ts';
import { asNode, nodesOf, stringOf } from './tree-node.ts';

/** TRUNCATE. */
export function readTruncate(statement: TruncateStmt): Truncate {
  return {
    kind: 'truncate',
    tables: nodesOf(statement.relations, 'RangeVar').map(relationReference),
    cascade: statement.behavior === 'DROP_CASCADE',
    restartIdentity: statement.restart_seqs ?? false,
    only: nodesOf(statement.relations, 'RangeVar').every((table) => table.inh !== true),
  };
}

/** LOCK TABLE; `only` where every table is named with ONLY. */
export function readLock(statement: LockStmt): LockTable {
  const tables = nodesOf(statement.relations, 'RangeVar');
  return {
    kind: 'lock-table',
    tables: tables.map(relationReference),
    only: tables.every((table) => table.inh !== true),
    // The numbers of lockdefs.h count the same eight modes from 1.
    mode: LOCK_MODES[(statement.mode ?? LOCK_MODES.length) - 1] ?? 'ACCESS EXCLUSIVE',
  };
}

const REINDEX_OBJECTS: Readonly<Record<string, Reindex['object']>> = {
  REINDEX_OBJECT_INDEX: 'index',
  REINDEX_OBJECT_TABLE: 'table',
  REINDEX_OBJECT_SCHEMA: 'schema',
  REINDEX_OBJECT_SYSTEM: 'system',
  REINDEX_OBJECT_DATABASE: 'database',
};

/** REINDEX. */
export function readReindex(statement: ReindexStmt): Reindex {
  const named = statement.name === undefined ? null : { schema: null, name: statement.name };
  return {
    kind: 'reindex',
    object: REINDEX_OBJECTS[statement.kind ?? ''] ?? 'system',
    name: statement.relation === undefined ? named : relationReference(statement.relation),
    concurrently: isOn(statement.params, 'concurrently'),
    ...(nodesOf(statement.params, 'DefElem').some((option) => option.defname === 'tablespace')
      ? { movesTablespace: true as const }
      : {}),
  };
}

/** CLUSTER, of one table or of all that were clustered before. */
export function readCluster(statement: ClusterStmt): Cluster {
  return {
    kind: 'cluster',
    table: statement.relation === undefined ? null : relationReference(statement.relation),
    index: statement.indexname ?? null,
  };
}

/** VACUUM and ANALYZE, which share a statement in the grammar. */
export function readVacuum(statement: VacuumStmt): Vacuum | Analyze {
  const ranges = nodesOf(statement.rels, 'VacuumRelation').map((one) => one.relation);
  const tables = ranges.map(relationReference);
  const only = ranges.length > 0 && ranges.every((range) => range?.inh !== true);
  if (statement.is_vacuumcmd !== true) return { kind: 'analyze', tables, only };
  return { kind: 'vacuum', tables, full: isOn(statement.options, 'full') };
}

/** Whether an option is given and not turned off, by the spellings of defGetBoolean. */
function isOn(options: readonly Node[] | undefined, name: string): boolean {
  return nodesOf(options, 'DefElem').some((option) => {
    if (option.defname !== name) return false;
    if (option.arg === undefined) return true;
    const number = asNode(option.arg, 'Integer');
    if (number !== null) return (number.ival ?? 0) !== 0;
    return !['false', 'off'].includes((stringOf(option.arg) ?? 'true').toLowerCase());
  });
}
