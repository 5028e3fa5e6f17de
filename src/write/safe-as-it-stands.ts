import { readBackfillBlock } from '../model/backfill-block.ts';
import type { Migration } from '../model/migration.ts';
import type { MigrationPlan } from '../model/plan.ts';
import type { Statement } from '../model/statement.ts';
import { readStepMark } from '../model/step-mark.ts';
import type { WorkStep } from './file-body.ts';
import { isConcurrently } from './without-concurrently.ts';

/**
 * Whether a migration does already what its plan does, in a way that its tool runs: writing it again would change
 * nothing but comments.
 */
export function isSafeAsItStands(
  { steps }: MigrationPlan,
  { migration, statements }: { readonly migration: Migration; readonly statements: readonly Statement[] },
): boolean {
  const [step, more] = steps.filter((one) => one.kind !== 'transaction' || one.sql.length > 0);
  if (step === undefined) return true;
  if (more !== undefined || step.kind === 'gate') return false;
  if (readStepMark(migration.sql) !== null) return true;
  const work = statements.filter(({ action }) => action.kind !== 'set-variable' && action.kind !== 'transaction');
  return isSameWork(step, work, migration) && isGuarded(step, statements);
}

function isSameWork(step: WorkStep, work: readonly Statement[], migration: Migration): boolean {
  switch (step.kind) {
    case 'transaction':
      return step.sql.join(';\n') === work.map(({ sql }) => sql).join(';\n');
    case 'concurrent-index':
      return work.length === 1 && isConcurrently(work[0]?.sql ?? '') && migration.transaction === 'statement';
    case 'backfill':
      return work.length === 1 && readBackfillBlock(work[0]?.sql ?? '') !== null;
  }
}

/** Who waits for a strong lock without end holds up everybody behind. */
function isGuarded(step: WorkStep, statements: readonly Statement[]): boolean {
  if (step.kind !== 'transaction' || step.lockClass !== 'brief') return true;
  return statements.some(({ action }) => action.kind === 'set-variable' && action.name === 'lock_timeout');
}
