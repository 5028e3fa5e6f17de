import type { Catalog } from '../model/catalog.ts';
import { referencingTables } from '../model/catalog-lookup.ts';
import { blocksWrites } from '../model/lock-mode.ts';
import { type RelationKey, relationKey } from '../model/relation-name.ts';
import type { UnitStatement } from '../model/transaction-unit.ts';
import { newStrongLocks, type StrongHold, strongHolds } from './held-locks.ts';
import type { RuleInput } from './rule.ts';

/** Tables that a transaction closes one after the other, by separate statements. */
export interface LocksInOrder {
  /** Closed already, the first first. */
  readonly before: readonly StrongHold[];
  /** Closed by the statement. */
  readonly now: readonly RelationKey[];
}

/** Set where the statement closes a table in use while its transaction keeps others out of another one. */
export function locksInOrder(input: RuleInput): LocksInOrder | null {
  const before = strongHolds(input);
  const now = newStrongLocks(input).map(({ relation }) => relation);
  return before.length === 0 || now.length === 0 || input.facts.failure !== null ? null : { before, now };
}

/** A pair of tables closed one after the other that a foreign key ties together; null when there is none. */
export function pairOfForeignKey(
  { before, now }: LocksInOrder,
  catalog: Catalog,
): { readonly first: StrongHold; readonly second: RelationKey } | null {
  for (const first of before) {
    const second = now.find((one) => isTied(catalog, first.relation, one) || isTied(catalog, one, first.relation));
    if (second !== undefined) return { first, second };
  }
  return null;
}

function isTied(catalog: Catalog, parent: RelationKey, child: RelationKey): boolean {
  return referencingTables(catalog, parent).some(({ table }) => relationKey(table.name) === child);
}

/** An earlier transaction that closed two of the tables the other way round, with its two statements. */
export interface OppositeOrder {
  readonly first: RelationKey;
  readonly second: RelationKey;
  readonly there: readonly [UnitStatement, UnitStatement];
}

export function oppositeOrder(input: RuleInput, { before, now }: LocksInOrder): OppositeOrder | null {
  for (const unit of input.history.units) {
    const taken = takenIn(unit);
    for (const { relation: first } of before) {
      for (const second of now) {
        const [theirSecond, theirFirst] = [taken.get(first), taken.get(second)];
        if (theirFirst === undefined || theirSecond === undefined) continue;
        if (unit.indexOf(theirFirst) < unit.indexOf(theirSecond))
          return { first, second, there: [theirFirst, theirSecond] };
      }
    }
  }
  return null;
}

/** The statement that closed each table first. */
function takenIn(unit: readonly UnitStatement[]): ReadonlyMap<RelationKey, UnitStatement> {
  const taken = new Map<RelationKey, UnitStatement>();
  for (const statement of unit) {
    for (const { relation, mode } of statement.facts.locks) {
      if (blocksWrites(mode) && !taken.has(relation)) taken.set(relation, statement);
    }
  }
  return taken;
}

/** `pairOfForeignKey` and the others name the same tables, so that the sharper one speaks alone. */
export function tablesInOrder({ before, now }: LocksInOrder): readonly RelationKey[] {
  return [...new Set([...before.map(({ relation }) => relation), ...now])];
}
