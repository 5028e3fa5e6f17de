import type {
  BackfillStep,
  ConcurrentIndexStep,
  GateStep,
  MigrationPlan,
  Step,
  TransactionStep,
} from '../model/plan.ts';
import type { PlanReport } from '../model/report.ts';
import { stepLocks } from './step-text.ts';
import { wrapText } from './wrap-text.ts';

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
  return [
    'BEGIN;',
    `SET LOCAL lock_timeout = '${step.lockTimeoutMs}ms';`,
    `SET LOCAL statement_timeout = '${step.statementTimeoutMs ?? 0}ms';`,
    ...step.sql.map(closed),
    'COMMIT;',
  ];
}

/** A lock timeout would count the waits that a concurrent build is made of, and leave an invalid index behind. */
function concurrentIndexBody(step: ConcurrentIndexStep): readonly string[] {
  return [
    'SET lock_timeout = 0;',
    'SET statement_timeout = 0;',
    closed(step.sql),
    'RESET lock_timeout;',
    'RESET statement_timeout;',
  ];
}

/** Ends only when no row is left, not when a batch changed none: a row can slip away between being seen and changed. */
function backfillBody(step: BackfillStep): readonly string[] {
  const keys = step.keyColumns.length === 0 ? 'tableoid, ctid' : step.keyColumns.map(quoted).join(', ');
  const order = step.keyColumns.length === 0 ? '' : ` ORDER BY ${keys}`;
  return [
    'SET statement_timeout = 0;',
    'DO $evenkeel$',
    'BEGIN',
    `  WHILE EXISTS (SELECT FROM ${step.table} WHERE ${step.where}) LOOP`,
    `    SET LOCAL lock_timeout = '${step.lockTimeoutMs}ms';`,
    `    UPDATE ${step.table} SET ${step.assignments} WHERE (${step.where}) AND (${keys}) IN (`,
    `      SELECT ${keys} FROM ${step.table} WHERE ${step.where}${order} LIMIT ${step.batchRows} FOR UPDATE);`,
    '    COMMIT;',
    '  END LOOP;',
    'END $evenkeel$;',
    'RESET statement_timeout;',
  ];
}

/** Always in quotes: that is right for every name. */
function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function gateBody(step: GateStep): readonly string[] {
  const message = oneLine(`Gate ${step.id}: ${step.deploy}`).replaceAll("'", "''");
  return [
    comment(step.deploy),
    comment('Take the next statement out once that is done.'),
    `DO $evenkeel$ BEGIN RAISE EXCEPTION USING MESSAGE = '${message}'; END $evenkeel$;`,
  ];
}

/** A semicolon behind a line comment would be a part of the comment. */
function closed(sql: string): string {
  return /--[^\n]*$/.test(sql) ? `${sql}\n;` : `${sql};`;
}

function comment(text: string): string {
  return wrapText(`-- ${text}`, 110, '-- ').join('\n');
}

/** A line break inside a comment would end it. */
function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ');
}
