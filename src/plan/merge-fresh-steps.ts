import type { Step, TransactionStep } from '../model/plan.ts';
import { both } from './post-condition.ts';

export interface MergedSteps {
  readonly steps: readonly Step[];
  /** For each step that there was before: its place among those that there are now. */
  readonly places: readonly number[];
}

/** Steps in a row that touch nothing anybody uses become one transaction: a new table appears whole or not at all. */
export function mergeFreshSteps(steps: readonly Step[]): MergedSteps {
  const merged: Step[] = [];
  const places: number[] = [];
  for (const step of steps) {
    const last = merged[merged.length - 1];
    if (last !== undefined && canMerge(last) && canMerge(step)) merged[merged.length - 1] = merge(last, step);
    else merged.push(step);
    places.push(merged.length - 1);
  }
  const numbered = merged.map((step, position) => ({
    ...step,
    id: step.id.replace(/^\d+/, String(position + 1).padStart(2, '0')),
  }));
  return { steps: numbered, places };
}

/** A new enum value cannot be used in the transaction that adds it, so such a step stays alone. */
function canMerge(step: Step): step is TransactionStep {
  return (
    step.kind === 'transaction' && step.lockClass === 'fresh' && !step.sql.some((sql) => /^\s*ALTER\s+TYPE/i.test(sql))
  );
}

function merge(first: TransactionStep, second: TransactionStep): TransactionStep {
  const undo = first.undo === null || second.undo === null ? null : [...second.undo, ...first.undo];
  return {
    ...first,
    sql: [...first.sql, ...second.sql.filter((sql) => !sql.startsWith('SET LOCAL ') || !first.sql.includes(sql))],
    locks: [
      ...first.locks,
      ...second.locks.filter((lock) => !first.locks.some((one) => one.relation === lock.relation)),
    ],
    undo,
    postCondition: both(first.postCondition, second.postCondition),
  };
}
