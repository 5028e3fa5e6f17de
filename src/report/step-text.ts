import type { Step } from '../model/plan.ts';
import { lockText } from './lock-text.ts';
import { countText, durationText } from './quantity-text.ts';

/** How a step is run, in one line: what kind of step, within which limits. */
export function stepManner(step: Step): string {
  switch (step.kind) {
    case 'transaction':
      return `one transaction, waits at most ${durationText(step.lockTimeoutMs)} for a lock, ${limitText(step.statementTimeoutMs)}`;
    case 'concurrent-index':
      return `outside a transaction, ${step.verb}s ${step.index} while everybody works on`;
    case 'backfill':
      return `small transactions of about ${countText(step.batchRows, 'row')}, ${limitText(step.statementTimeoutMs)} each`;
    case 'gate':
      return 'waits for a deployment';
  }
}

function limitText(statementTimeoutMs: number | null): string {
  return statementTimeoutMs === null
    ? 'no statement timeout'
    : `at most ${durationText(statementTimeoutMs)} a statement`;
}

/** The locks of a step, one phrase each; what it takes is never more than this. */
export function stepLocks(step: Step): readonly string[] {
  if (step.kind === 'gate') return [];
  return step.locks.length === 0 ? ['nothing that existed before'] : step.locks.map(lockText);
}

/** The SQL of a step, one statement each, without closing semicolons. */
export function stepSql(step: Step): readonly string[] {
  switch (step.kind) {
    case 'transaction':
      return step.sql;
    case 'concurrent-index':
      return [step.sql];
    case 'backfill':
      return [`UPDATE ${step.table} SET ${step.assignments} WHERE ${step.where}`];
    case 'gate':
      return [];
  }
}
