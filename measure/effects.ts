import type { RelationKey } from '../src/model/relation-name.ts';
import type { MeasuredForm } from './measured-form.ts';
import { compareText, hasRows, type RelationState, type RelationStates } from './relation-state.ts';

/** The part of a measured form that shows in the relations themselves. */
export type Effects = Pick<
  MeasuredForm,
  'rewrites' | 'truncated' | 'scans' | 'indexBuilds' | 'sequencesRewritten' | 'newRelations' | 'dropped'
>;

export const NO_EFFECTS: Effects = {
  rewrites: [],
  truncated: [],
  scans: [],
  indexBuilds: [],
  sequencesRewritten: [],
  newRelations: [],
  dropped: [],
};

/** What was seen around one statement. All maps are by oid. */
export interface Observation {
  readonly before: RelationStates;
  readonly after: RelationStates;
  readonly rowsBefore: ReadonlyMap<number, number>;
  /** Bytes of relations whose file changed. */
  readonly bytesAfter: ReadonlyMap<number, number>;
  readonly reads: ReadonlyMap<number, ReadCounters>;
}

/** How often a relation was read through by the statement, and how many rows that gave. */
export interface ReadCounters {
  readonly scans: number;
  readonly rows: number;
}

/** Turns what was seen into what the statement did. */
export function effectsOf(seen: Observation): Effects {
  const changed = [...seen.before.values()].filter((state) => hasNewFile(seen, state));
  const emptied = changed.filter((state) => isEmptied(seen, state));
  const rewritten = changed.filter((state) => isHeap(state) && !isEmptied(seen, state));
  const replaced = new Set([...emptied, ...rewritten].map((state) => state.oid));
  return {
    rewrites: keys(rewritten),
    truncated: keys(emptied),
    scans: keys([...seen.before.values()].filter((state) => isReadInFull(seen, state) && !replaced.has(state.oid))),
    indexBuilds: keys([
      ...changed.filter((state) => state.kind === 'index' && !replaced.has(state.indexedOid)),
      ...newIndexes(seen),
    ]),
    sequencesRewritten: keys(changed.filter((state) => state.kind === 'sequence')),
    newRelations: created(seen)
      .map((state) => ({ relation: state.key, relationKind: state.kind }))
      .sort((a, b) => compareText(a.relation, b.relation)),
    dropped: keys([...seen.before.values()].filter((state) => successor(seen, state) === undefined)),
  };
}

/** The same relation after the statement; REINDEX CONCURRENTLY puts another one of the same name in its place. */
function successor(seen: Observation, state: RelationState): RelationState | undefined {
  return seen.after.get(state.oid) ?? [...seen.after.values()].find((one) => one.key === state.key);
}

function hasNewFile(seen: Observation, state: RelationState): boolean {
  const next = successor(seen, state);
  return next !== undefined && next.fileNode !== 0 && next.fileNode !== state.fileNode;
}

function isHeap(state: RelationState): boolean {
  return state.kind === 'table' || state.kind === 'materialized-view';
}

function isEmptied(seen: Observation, state: RelationState): boolean {
  return isHeap(state) && (seen.rowsBefore.get(state.oid) ?? 0) > 0 && seen.bytesAfter.get(state.oid) === 0;
}

/** An index scan or a look-up of single rows does not count; a scan of an empty table does. */
function isReadInFull(seen: Observation, state: RelationState): boolean {
  const reads = seen.reads.get(state.oid);
  if (reads === undefined || !hasRows(state) || reads.scans === 0) return false;
  return reads.rows >= (seen.rowsBefore.get(state.oid) ?? 0);
}

function created(seen: Observation): readonly RelationState[] {
  const names = new Set([...seen.before.values()].map((state) => state.key));
  return [...seen.after.values()].filter((state) => !seen.before.has(state.oid) && !names.has(state.key));
}

function newIndexes(seen: Observation): readonly RelationState[] {
  return created(seen).filter((state) => state.kind === 'index' && seen.before.has(state.indexedOid));
}

function keys(states: readonly RelationState[]): readonly RelationKey[] {
  return states.map((state) => state.key).sort(compareText);
}
