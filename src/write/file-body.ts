import { backfillBlock } from '../model/backfill-block.ts';
import { UnplannableError } from '../model/error.ts';
import type { BackfillStep, ConcurrentIndexStep, GateStep, Step, TransactionStep } from '../model/plan.ts';
import { closed, localTimeouts, type StepTimeouts, withoutTimeouts } from './step-timeouts.ts';
import type { ToolManner } from './tool-manner.ts';
import { isConcurrently, withoutConcurrently } from './without-concurrently.ts';

export type WorkStep = Exclude<Step, GateStep>;

/** What stands in the file of a step, before a tool's own signs are put around it. */
export interface FileBody {
  readonly isInTransaction: boolean;
  /** Closed statements, settings among them, without BEGIN and COMMIT. */
  readonly statements: readonly string[];
  /** Closed statements; null when there is no way back that loses nothing. */
  readonly undo: readonly string[] | null;
  /** Whether the step stands in a form that only a small table bears, with a limit, as its tool can run no other. */
  readonly isBounded: boolean;
}

/** What may hold up others, and has no form that does not, gets as long as this; then it is taken back whole. */
const BOUNDED_STATEMENT_TIMEOUT_MS = 1_000;
const BRIEF_LOCK_TIMEOUT_MS = 100;
const BRIEF_STATEMENT_TIMEOUT_MS = 5_000;

/**
 * The SQL of a step for the tool that is to run it.
 *
 * @throws UnplannableError when the tool can run no form of it.
 */
export function fileBody(step: WorkStep, manner: ToolManner): FileBody {
  if (manner.transaction === 'run') return insideTheRun(step);
  switch (step.kind) {
    case 'transaction':
      return inTransaction(step.sql, step, undoOf(step));
    case 'concurrent-index':
      return outside(['lock_timeout', 'statement_timeout'], closed(step.sql), step, manner);
    case 'backfill':
      return outside(['statement_timeout'], closed(backfillBlock({ ...step, commits: true })), step, manner);
  }
}

/** One statement alone leaves no room for settings: a client that sends the file whole would make it a transaction. */
function outside(
  names: readonly ('lock_timeout' | 'statement_timeout')[],
  statement: string,
  step: WorkStep,
  manner: ToolManner,
): FileBody {
  const statements = manner.outside === 'statements' ? withoutTimeouts(names, [statement]) : [statement];
  return { isInTransaction: false, statements, undo: undoOf(step), isBounded: false };
}

/** One transaction holds all that is pending, and the locks of each file to its end: nothing in it may take long. */
function insideTheRun(step: WorkStep): FileBody {
  const undo = undoOf(step)?.map((sql) => withoutConcurrently(sql) ?? sql) ?? null;
  switch (step.kind) {
    case 'transaction':
      return step.lockClass === 'scan'
        ? { ...inTransaction(step.sql, bounded(step), undo), isBounded: true }
        : inTransaction(step.sql, step, undo);
    case 'concurrent-index':
      return indexInsideTheRun(step, undo);
    case 'backfill': {
      const block = backfillBlock({ ...step, commits: false });
      return { ...inTransaction([block], bounded(step), undo), isBounded: true };
    }
  }
}

function indexInsideTheRun(step: ConcurrentIndexStep, undo: readonly string[] | null): FileBody {
  const sql = withoutConcurrently(step.sql);
  if (sql === null) {
    throw new UnplannableError(
      `Line ${step.line} cannot be written for a tool that runs everything in a transaction.`,
      {
        nextCommand: 'leave the migration as it is, and run it with evenkeel apply',
      },
    );
  }
  const isBounded = step.verb !== 'drop';
  const statementTimeoutMs = isBounded ? BOUNDED_STATEMENT_TIMEOUT_MS : BRIEF_STATEMENT_TIMEOUT_MS;
  return {
    ...inTransaction([sql], { lockTimeoutMs: BRIEF_LOCK_TIMEOUT_MS, statementTimeoutMs }, undo),
    isBounded,
  };
}

function bounded(step: TransactionStep | BackfillStep): StepTimeouts {
  return {
    lockTimeoutMs: Math.min(step.lockTimeoutMs, BOUNDED_STATEMENT_TIMEOUT_MS),
    statementTimeoutMs: BOUNDED_STATEMENT_TIMEOUT_MS,
  };
}

function inTransaction(sql: readonly string[], timeouts: StepTimeouts, undo: readonly string[] | null): FileBody {
  return {
    isInTransaction: true,
    statements: [...localTimeouts(timeouts), ...sql.map(closed)],
    undo,
    isBounded: false,
  };
}

function undoOf(step: WorkStep): readonly string[] | null {
  return step.undo?.map(closed) ?? null;
}

/** Whether the way back has to run outside of every transaction, too. */
export function undoesOutside({ undo }: FileBody): boolean {
  return undo?.some(isConcurrently) === true;
}
