import { backfillBlock } from '../model/backfill-block.ts';
import type {
  BackfillStep,
  ConcurrentIndexStep,
  GateStep,
  MigrationPlan,
  Step,
  TransactionStep,
} from '../model/plan.ts';
import type { PlanReport } from '../model/report.ts';
import { comment, oneLine } from '../write/sql-comment.ts';
import { closed, localTimeouts, withoutTimeouts } from '../write/step-timeouts.ts';
import { stepLocks } from './step-text.ts';

/**
 * The plan as a script for psql, with the timeouts of every step. It does by hand what `evenkeel apply` does guarded:
 * it looks at no lock queue, does not try again, and keeps no ledger. A gate is a statement that fails until somebody
 * takes it out.
 */
export function planSql(report: PlanReport): string {
  const { plan } = report;
  const head = [
    comment(`Safe plan for PostgreSQL ${plan.serverMajor}, made for the schema with fingerprint ${plan.fingerprint}.`),
    comment(
      'Run it with: psql --no-psqlrc --set ON_ERROR_STOP=1 --file <this file>. It stops at the first statement that ' +
        'fails; a lock timeout means that the table was busy: run the rest again from that step on.',
    ),
    comment('evenkeel apply runs the same steps without standing in a lock queue, and resumes by itself.'),
  ].join('\n');
  return `${[head, ...plan.migrations.map(migrationSql)].join('\n\n')}\n`;
}

function migrationSql(migration: MigrationPlan): string {
  return [`-- ${'='.repeat(20)} ${oneLine(migration.path)}`, ...migration.steps.map(stepScript)].join('\n\n');
}

function stepScript(step: Step): string {
  const lines = [comment(`${step.id} (${step.phase})`), comment(step.why)];
  for (const lock of stepLocks(step)) lines.push(comment(`locks: ${lock}`));
  lines.push(...bodyOf(step));
  if (step.kind !== 'gate') {
    lines.push(comment(`afterwards: ${step.postCondition.sentence}`));
    for (const sql of step.undo ?? []) lines.push(...`undo: ${sql};`.split('\n').map((line) => `-- ${line}`));
  }
  return lines.join('\n');
}

function bodyOf(step: Step): readonly string[] {
  switch (step.kind) {
    case 'transaction':
      return transactionBody(step);
    case 'concurrent-index':
      return concurrentIndexBody(step);
    case 'backfill':
      return backfillBody(step);
    case 'gate':
      return gateBody(step);
  }
}

function transactionBody(step: TransactionStep): readonly string[] {
  return ['BEGIN;', ...localTimeouts(step), ...step.sql.map(closed), 'COMMIT;'];
}

function concurrentIndexBody(step: ConcurrentIndexStep): readonly string[] {
  return withoutTimeouts(['lock_timeout', 'statement_timeout'], [closed(step.sql)]);
}

function backfillBody(step: BackfillStep): readonly string[] {
  return withoutTimeouts(['statement_timeout'], [closed(backfillBlock({ ...step, commits: true }))]);
}

function gateBody(step: GateStep): readonly string[] {
  const message = oneLine(`Gate ${step.id}: ${step.deploy}`).replaceAll("'", "''");
  return [
    comment(step.deploy),
    comment('Take the next statement out once that is done.'),
    `DO $evenkeel$ BEGIN RAISE EXCEPTION USING MESSAGE = '${message}'; END $evenkeel$;`,
  ];
}
