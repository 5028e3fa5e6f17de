import type { RelationLock, StatementFacts } from '../model/facts.ts';
import { blocksReads, blocksWrites, strongerLockMode } from '../model/lock-mode.ts';
import type { RelationKey } from '../model/relation-name.ts';
import type { UnitStatement } from '../model/transaction-unit.ts';
import { type RuleInput, usedLocks } from './rule.ts';

/** A lock on a table in use that an earlier statement of the transaction took, and that keeps others out. */
export interface StrongHold extends RelationLock {
  readonly by: UnitStatement;
}

/** What the transaction keeps others out of, before the statement adds to it. */
export function strongHolds({ unit, isUsed, catalog }: RuleInput): readonly StrongHold[] {
  return [...unit.held]
    .filter(([relation, { mode }]) => blocksWrites(mode) && isUsed(relation) && !isSequence(catalog, relation))
    .map(([relation, { mode, by }]) => ({ relation, mode, by }));
}

/** Tables in use that the statement is the first of its transaction to keep others out of. */
export function newStrongLocks(input: RuleInput): readonly RelationLock[] {
  const held = new Set(strongHolds(input).map((one) => one.relation));
  return usedLocks(input).filter(
    ({ relation, mode }) => blocksWrites(mode) && !held.has(relation) && !isSequence(input.catalog, relation),
  );
}

/** Locks from before that keep more out than those of the statement itself do. */
export function heldBeyondOwn(input: RuleInput): readonly StrongHold[] {
  const own = new Map(input.facts.locks.map(({ relation, mode }) => [relation, mode]));
  return strongHolds(input).filter(({ relation, mode }) => {
    const mine = own.get(relation);
    if (mine === undefined || !blocksWrites(mine)) return true;
    return blocksReads(mode) && !blocksReads(mine);
  });
}

/** The facts as if the statement took the locks itself that it finds held. */
export function withLocks(facts: StatementFacts, held: readonly RelationLock[]): StatementFacts {
  const modes = new Map(facts.locks.map(({ relation, mode }) => [relation, mode]));
  for (const { relation, mode } of held) {
    const own = modes.get(relation);
    modes.set(relation, own === undefined ? mode : strongerLockMode(own, mode));
  }
  const locks = [...modes].map(([relation, mode]) => ({ relation, mode }));
  return { ...facts, locks: locks.sort((a, b) => (a.relation < b.relation ? -1 : 1)) };
}

/** `line 3`, or `line 3 of 0001_a.sql` when it is another file. */
export function placeOf({ path, line }: UnitStatement, ofPath: string | null): string {
  return path === ofPath ? `line ${line}` : `line ${line} of ${path}`;
}

function isSequence(catalog: RuleInput['catalog'], relation: RelationKey): boolean {
  return catalog.relations[relation]?.kind === 'sequence';
}
