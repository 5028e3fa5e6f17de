import type { TransactionStep } from '../model/plan.ts';

/**
 * The first strikes wait for next to nothing, ms: on a table where transactions come and go one of them mostly finds a
 * gap, and nobody ever stands behind us. Only a table without gaps sees more of the step's budget.
 */
const KNOCKS_MS: readonly number[] = [1, 2, 5, 20];

/** What is derived from short transactions is never less: the last knock has waited as long already. */
const LEAST_DERIVED_MS = 20;

/** An age is seen somewhere in the middle of its transaction; three of them are a whole one with room. */
const AGES_PER_BUDGET = 3;

/**
 * How long the `attempt`-th strike (from 1) of a brief step may wait for a lock, ms. Behind the knocks it is what the
 * table's own transactions need to end, doubled with each one lost, and never more than the step's budget.
 *
 * @param agesMs of transactions that held a conflicting lock when we looked; none: the step's whole budget.
 */
export function briefBudgetMs(step: TransactionStep, attempt: number, agesMs: readonly number[] = []): number {
  const knock = KNOCKS_MS[attempt - 1];
  if (knock !== undefined) return Math.min(step.lockTimeoutMs, knock);
  const derived = derivedBudgetMs(agesMs);
  if (derived === null) return step.lockTimeoutMs;
  return Math.min(step.lockTimeoutMs, derived * 2 ** Math.min(16, wholeBudgetAttempt(attempt) - 1));
}

/** Three times the age that nineteen of twenty seen transactions have not passed; null when none was seen. */
function derivedBudgetMs(agesMs: readonly number[]): number | null {
  const sorted = [...agesMs].sort((a, b) => a - b);
  const p95 = sorted[Math.ceil(sorted.length * 0.95) - 1];
  return p95 === undefined ? null : Math.max(LEAST_DERIVED_MS, Math.ceil(AGES_PER_BUDGET * p95));
}

/** Which strike behind the knocks the `attempt`-th is; 1 for those before. */
export function wholeBudgetAttempt(attempt: number): number {
  return Math.max(1, attempt - KNOCKS_MS.length);
}
