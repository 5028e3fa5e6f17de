import path from 'node:path';
import type { MigrationPlan, Plan, Step } from '../model/plan.ts';
import type { PlanReport } from '../model/report.ts';
import type { Paint } from './paint.ts';
import { proofText } from './proof-text.ts';
import { countText } from './quantity-text.ts';
import { stepLocks, stepManner, stepSql } from './step-text.ts';
import { labelled } from './wrap-text.ts';

const INDENT = '    ';
const LABEL_WIDTH = 8;

/** The plan for people: migration by migration, step by step, with what each step locks and how it is taken back. */
export function planText(report: PlanReport, paint: Paint): string {
  const { plan } = report;
  const steps = plan.migrations.flatMap((migration) => migration.steps).length;
  const size = `${countText(steps, 'step')} for ${countText(plan.migrations.length, 'migration')}`;
  const head = `${paint.bold(`${size} on PostgreSQL ${plan.serverMajor}.`)} Made for the schema with fingerprint ${plan.fingerprint.slice(0, 12)}; any other is refused.`;
  const migrations = plan.migrations.map((migration) => migrationText(migration, report, paint));
  const isFit = report.proof === undefined || report.proof.outcome === 'equal';
  const next = isFit ? [`Next: ${paint.cyan(`evenkeel apply ${commonPath(plan)}`)}`] : [];
  const proof = report.proof === undefined ? [] : [proofText(report.proof, paint)];
  return `${[head, ...migrations, ...proof, ...next].join('\n\n')}\n`;
}

function migrationText(migration: MigrationPlan, report: PlanReport, paint: Paint): string {
  const blocks = [paint.bold(migration.path)];
  for (const { line, note } of report.notes.filter(({ path: noted }) => noted === migration.path)) {
    blocks.push(labelled('note', `line ${line}: ${note}`, '  ', 6));
  }
  if (migration.steps.length === 0) blocks.push('  nothing to do');
  for (const step of migration.steps) blocks.push(stepText(step, paint));
  return blocks.join('\n');
}

function stepText(step: Step, paint: Paint): string {
  const row = (label: string, text: string): string => labelled(label, text, INDENT, LABEL_WIDTH);
  const rows = [
    row('why', step.why),
    row('how', stepManner(step)),
    ...stepLocks(step).map((text) => row('locks', text)),
  ];
  if (step.kind === 'gate') rows.push(row('gate', step.deploy));
  rows.push(...stepSql(step).map((sql) => sqlText('sql', sql, paint)));
  if (step.kind !== 'gate') {
    rows.push(...undoRows(step.undo, paint), row('then', step.postCondition.sentence));
  }
  return [`  ${paint.cyan(step.phase)} ${paint.bold(step.id)}`, ...rows].join('\n');
}

function undoRows(undo: readonly string[] | null, paint: Paint): readonly string[] {
  if (undo === null) return [labelled('undo', 'there is none that loses nothing', INDENT, LABEL_WIDTH)];
  return undo.map((sql) => sqlText('undo', sql, paint));
}

/** SQL keeps its own line breaks: a function body is not a paragraph. */
function sqlText(label: string, sql: string, paint: Paint): string {
  const lines = `${sql};`.split('\n').map((line) => paint.green(line));
  return `${INDENT}${label.padEnd(LABEL_WIDTH)}${lines.join(`\n${INDENT}${' '.repeat(LABEL_WIDTH)}`)}`;
}

/** The one path that names all migrations of the plan, or a placeholder where there is none. */
function commonPath(plan: Plan): string {
  const [first, ...others] = plan.migrations.map((migration) => migration.path);
  if (first === undefined) return '<path>';
  if (others.length === 0) return first;
  const folder = path.dirname(first);
  return others.every((other) => path.dirname(other) === folder) ? folder : '<path>';
}
