import { groupedNumber } from '../model/grouped-number.ts';
import { compareLockModes } from '../model/lock-mode.ts';
import type { Step } from '../model/plan.ts';
import type { PlanReport } from '../model/report.ts';
import { blockedBy, lockText } from './lock-text.ts';
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

/** The number of a step as its id has it: `03` of `03-validate-orders_customer_fk`. */
export function stepNumber(id: string): string {
  return /^\d+/.exec(id)?.[0] ?? '';
}

/** The name of a step without its number: `validate-orders_customer_fk`. */
export function stepName({ id }: Step): string {
  return id.replace(/^\d+-/, '');
}

/** The strongest lock of a step, and how many there are beside it: `ACCESS EXCLUSIVE on public.orders +1`. */
export function stepLock(step: Step): string {
  const [strongest, ...others] = [...step.locks].sort((a, b) => compareLockModes(b.mode, a.mode));
  if (strongest === undefined) return step.kind === 'gate' ? '-' : 'none';
  const more = others.length === 0 ? '' : ` +${others.length}`;
  return `${strongest.mode} on ${strongest.relation}${more}`;
}

/**
 * How long others may have to wait for a step at most, by its limits: the statements of a transaction one after the
 * other, waiting for the lock included; for writers of the same rows until a batch commits.
 */
export function stepBlock(step: Step): string {
  switch (step.kind) {
    case 'gate':
      return '-';
    case 'concurrent-index':
      return 'not at all';
    case 'backfill':
      return `${durationText(step.statementTimeoutMs)}, same rows`;
    case 'transaction': {
      const { reads, writes } = blockedBy(step.locks);
      const isRows = step.lockClass === 'rows' && !writes;
      if (step.lockClass === 'fresh' || (!reads && !writes && !isRows)) return 'not at all';
      if (step.statementTimeoutMs === null) return 'no limit, watched';
      const statements = step.sql.filter((sql) => !sql.startsWith('SET LOCAL ')).length;
      const limit = durationText(step.statementTimeoutMs * Math.max(1, statements));
      return isRows ? `${limit}, same rows` : limit;
    }
  }
}

/** How many rows a step reads or writes: by the statistics where they tell, `all` where nobody counted. */
export function stepRows(step: Step, sizes: PlanReport['sizes']): string {
  if (step.kind === 'gate') return '-';
  const tables = tablesInFull(step);
  if (tables.length === 0) return step.kind === 'transaction' && step.lockClass === 'rows' ? 'some' : 'none';
  const rows = tables.map((table) => sizes[table]?.rows ?? null);
  const known = rows.filter((one) => one !== null);
  return known.length < rows.length ? 'all' : `~${groupedNumber(known.reduce((sum, one) => sum + one, 0))}`;
}

/** What a step goes through from one end to the other. */
function tablesInFull(step: Step): readonly string[] {
  switch (step.kind) {
    case 'gate':
      return [];
    case 'backfill':
      return [step.table];
    case 'concurrent-index':
      return step.verb === 'drop' ? [] : [step.table];
    case 'transaction':
      return step.lockClass === 'scan' ? step.locks.map(({ relation }) => relation) : [];
  }
}

/** How many transactions a step takes. */
export function stepTransaction(step: Step): string {
  switch (step.kind) {
    case 'transaction':
      return 'one';
    case 'concurrent-index':
      return 'outside of any';
    case 'backfill':
      return `one for each ${groupedNumber(step.batchRows)} rows`;
    case 'gate':
      return '-';
  }
}

/** Whether a step can be taken back without loss. */
export function stepUndo({ kind, undo }: Step): string {
  if (kind === 'gate') return '-';
  if (undo === null) return 'none';
  return undo.length === 0 ? 'nothing to undo' : 'yes';
}
