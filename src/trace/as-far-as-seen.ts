import type { Action } from '../model/action.ts';
import type { StatementFacts } from '../model/facts.ts';
import { compareLockModes } from '../model/lock-mode.ts';
import type { ObservedLock, StatementOutcome } from './statement-outcome.ts';

/** Facts and outcome, as far as they can be held against each other. */
export interface Comparable {
  readonly facts: StatementFacts;
  readonly outcome: StatementOutcome;
}

/** What it reads is up to the planner, which sees empty tables here. */
export const PLANNED: readonly Action['kind'][] = ['dml', 'create-table-as', 'refresh-materialized-view', 'code-block'];

/** Locks of these are given back before they end where there is nothing to do; a look at the end does not see them. */
function givesBack(action: Action): boolean {
  if (action.kind === 'analyze') return true;
  return action.kind === 'drop' && action.ifExists && ['trigger', 'policy', 'rule'].includes(action.object);
}

/** Its new files are empty because it is what it does, not because there was nothing to write. */
function empties(action: Action): boolean {
  return action.kind === 'truncate' || (action.kind === 'refresh-materialized-view' && !action.withData);
}

/**
 * Leaves out what a server with empty tables cannot show. Facts that list the most that may be (locks of foreign key
 * checks and of triggers, which rows ask for) must cover what was seen, no more; whether the other side of a foreign
 * key is read in full is up to the planner.
 */
export function asFarAsSeen(action: Action, facts: StatementFacts, outcome: StatementOutcome): Comparable {
  const isMost = facts.kind === 'dml' && facts.locks.length > 1;
  return {
    facts: {
      ...facts,
      ...(isMost || givesBack(action) ? { certainty: 'unknown' as const } : {}),
      scans: PLANNED.includes(action.kind)
        ? []
        : checksKeys(action)
          ? facts.scans.filter((relation) => outcome.scans.includes(relation))
          : facts.scans,
    },
    outcome: {
      ...outcome,
      ...(PLANNED.includes(action.kind) ? { scans: [] } : {}),
      ...(empties(action) ? { rewrites: [] } : {}),
    },
  };
}

function checksKeys(action: Action): boolean {
  return action.kind === 'alter-table' || action.kind === 'create-table';
}

/**
 * The outcome as if the statement had run alone: what it asks for and the transaction holds already, in the same mode,
 * does not show, so it counts as taken where the facts expect it.
 */
export function withHeldLocks(
  outcome: StatementOutcome,
  facts: StatementFacts,
  heldBefore: readonly ObservedLock[],
): StatementOutcome {
  if (outcome.error !== null || heldBefore.length === 0) return outcome;
  const locks = new Map(outcome.locks.map((lock) => [lock.relation, lock]));
  for (const { relation, mode } of facts.locks) {
    const held = heldBefore.find((lock) => lock.relation === relation && lock.mode === mode);
    const taken = locks.get(relation);
    if (held !== undefined && (taken === undefined || compareLockModes(taken.mode, mode) < 0))
      locks.set(relation, held);
  }
  return { ...outcome, locks: [...locks.values()] };
}
