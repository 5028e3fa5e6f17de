import type { RelationKey } from '../model/relation-name.ts';
import { compareText, type RelationState, type RelationStates } from './relation-state.ts';
import type { ReadCounters } from './scan-counters.ts';
import type { RelationKind, StatementOutcome } from './statement-outcome.ts';

/** What shows of a statement in the relations themselves. Every list is sorted; names are those from before. */
export interface Effects extends Pick<StatementOutcome, 'rewrites' | 'scans' | 'indexBuilds'> {
  /** Tables and materialized views with a new file that is empty although there were rows. */
  readonly truncated: readonly RelationKey[];
  readonly sequencesRewritten: readonly RelationKey[];
  readonly newRelations: readonly { readonly relation: RelationKey; readonly relationKind: RelationKind }[];
  readonly dropped: readonly RelationKey[];
}

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
  if (reads === undefined || !isHeap(state) || state.fileNode === 0 || reads.scans === 0) return false;
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
