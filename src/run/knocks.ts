import type { TransactionStep } from '../model/plan.ts';

/**
 * The first strikes wait for next to nothing, ms: on a table where transactions come and go one of them mostly finds a
 * gap, and nobody ever stands behind us. Only a table without gaps sees the step's whole budget.
 */
const KNOCKS_MS: readonly number[] = [1, 2, 5, 20];

/** How long the `attempt`-th strike (from 1) of a brief step may wait for a lock, ms. */
export function briefBudgetMs(step: TransactionStep, attempt: number): number {
  return Math.min(step.lockTimeoutMs, KNOCKS_MS[attempt - 1] ?? step.lockTimeoutMs);
}

/** Which strike with the whole budget the `attempt`-th is; 1 for those before. */
export function wholeBudgetAttempt(attempt: number): number {
  return Math.max(1, attempt - KNOCKS_MS.length);
}
