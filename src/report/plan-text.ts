import type { MigrationPlan, Step } from '../model/plan.ts';
import type { PlanReport } from '../model/report.ts';
import { alignedTable } from './aligned-table.ts';
import { applyCommand } from './apply-command.ts';
import { naiveText, waysText } from './choice-text.ts';
import { decisionText, lossCountText, lossText } from './loss-text.ts';
import type { Paint } from './paint.ts';
import { proofText } from './proof-text.ts';
import { countText } from './quantity-text.ts';
import { stepBlock, stepLock, stepLocks, stepManner, stepName, stepNumber, stepRows, stepSql } from './step-text.ts';
import { LINE_WIDTH, labelled } from './wrap-text.ts';

const INDENT = '    ';
const LABEL_WIDTH = 8;
/** Of SQL that is longer, so many lines are shown. */
const SQL_LINES = 6;

/** The plan for people: migration by migration, step by step, with what each step locks and how it is taken back. */
export function planText(report: PlanReport, paint: Paint): string {
  const { plan } = report;
  const steps = plan.migrations.flatMap((migration) => migration.steps).length;
  const size = `${countText(steps, 'step')} for ${countText(plan.migrations.length, 'migration')}`;
  const head = `${paint.bold(`${size} on PostgreSQL ${plan.serverMajor}.`)} Made for the schema with fingerprint ${plan.fingerprint.slice(0, 12)}; any other is refused.`;
  const migrations = plan.migrations.map((migration) => migrationText(migration, report, paint));
  const isFit = report.proof === undefined || report.proof.outcome === 'equal';
  const next = isFit ? [`Next: ${paint.cyan(applyCommand(plan))}`] : [];
  const proof = report.proof === undefined ? [] : [proofText(report.proof, paint)];
  return `${[head, ...migrations, ...proof, ...next].join('\n\n')}\n`;
}

function migrationText(migration: MigrationPlan, report: PlanReport, paint: Paint): string {
  const { steps } = migration;
  const table = steps.length === 0 ? ['  nothing to do'] : tableOfSteps(steps, report, paint);
  const head = [paint.bold(migration.path), ...table];
  const remarks = remarksOn(migration, report, paint);
  const details = steps.map((step) => stepText(step, migration, report, paint));
  return [head, remarks, details]
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n');
}

function tableOfSteps(steps: readonly Step[], { sizes }: PlanReport, paint: Paint): readonly string[] {
  const titles = ['#', 'phase', 'what', 'lock', 'others wait', 'rows'];
  const cells = steps.map((step) => [
    stepNumber(step.id),
    step.phase,
    stepName(step),
    stepLock(step),
    stepBlock(step),
    stepRows(step, sizes),
  ]);
  const [head = '', ...lines] = alignedTable([titles, ...cells], LINE_WIDTH - 2, [2, 3]);
  return [`  ${paint.dim(head)}`, ...lines.map((line) => `  ${line}`)];
}

/** What is lost, why it is done this way, and what else is worth knowing before the steps. */
function remarksOn({ path: own }: MigrationPlan, report: PlanReport, paint: Paint): readonly string[] {
  const row = (label: string, text: string): string => labelled(label, text, '  ', 6);
  const lost = report.losses.filter((loss) => loss.path === own);
  const decision = decisionText(lost, own);
  const losses = lost.flatMap((loss) => [
    row('loss', `line ${loss.line}: ${lossText(loss)}`),
    ...loss.counts.flatMap((count) => [
      row('', lossCountText(loss, count)),
      ...(count.sql === null ? [] : [`        ${paint.green(`${count.sql};`)}`]),
    ]),
  ]);
  const choices = report.choices
    .filter((choice) => choice.path === own)
    .flatMap((choice) => [
      row('way', `line ${choice.line}: ${waysText(choice)}. ${choice.because}`),
      row('', naiveText(choice.naive)),
    ]);
  const notes = report.notes
    .filter((note) => note.path === own)
    .map(({ line, note }) => row('note', `line ${line}: ${note}`));
  return [
    ...losses,
    ...(decision === null ? [] : [row('', decision.sentence), `        ${decision.comment}`]),
    ...choices,
    ...notes,
    ...versionRows(own, report),
  ];
}

/** Who may run from the first step on; gates tell what changes. Without a gate, the way back as well. */
function versionRows(own: string, { rollout }: PlanReport): readonly string[] {
  const [first, ...gated] = rollout.filter((stage) => stage.path === own);
  if (first === undefined || first.steps.length === 0) return [];
  const fallback = gated.length === 0 ? [first.fallback.sentence] : [];
  return [labelled('app', [first.versions, ...first.breaks, ...fallback].join(' '), '  ', 6)];
}

function stepText(step: Step, migration: MigrationPlan, report: PlanReport, paint: Paint): string {
  const row = (label: string, text: string): string => labelled(label, text, INDENT, LABEL_WIDTH);
  const rows = [
    row('why', step.why),
    row('how', stepManner(step)),
    ...stepLocks(step).map((text) => row('locks', text)),
  ];
  if (step.kind === 'gate') rows.push(...gateRows(step, migration, report));
  rows.push(...stepSql(step).map((sql) => sqlText('sql', sql, paint)));
  if (step.kind !== 'gate') {
    rows.push(...undoRows(step.undo, paint), row('then', step.postCondition.sentence));
  }
  return [`  ${paint.cyan(step.phase)} ${paint.bold(step.id)}`, ...rows].join('\n');
}

/** What has to be deployed, who may run until then and from then on, and the ways back on both sides. */
function gateRows(
  gate: Extract<Step, { kind: 'gate' }>,
  migration: MigrationPlan,
  report: PlanReport,
): readonly string[] {
  const row = (label: string, text: string): string => labelled(label, text, INDENT, LABEL_WIDTH);
  const stages = report.rollout.filter(({ path: own }) => own === migration.path);
  const place = stages.findIndex((stage) => stage.gate === gate.id);
  const [before, after] = [stages[place - 1], stages[place]];
  return [
    row('gate', gate.deploy),
    ...(after?.atGate == null ? [] : [row('before', `${after.atGate} ${before?.fallback.sentence ?? ''}`)]),
    ...(after === undefined
      ? []
      : [row('after', [after.versions, ...after.breaks, after.fallback.sentence].join(' '))]),
  ];
}

function undoRows(undo: readonly string[] | null, paint: Paint): readonly string[] {
  if (undo === null) return [labelled('undo', 'there is none that loses nothing', INDENT, LABEL_WIDTH)];
  return undo.map((sql) => sqlText('undo', sql, paint));
}

/** SQL keeps its own line breaks: a function body is not a paragraph. Long SQL is cut: somebody else reads it. */
function sqlText(label: string, sql: string, paint: Paint): string {
  const lines = `${sql};`.split('\n');
  const left = lines.length - SQL_LINES;
  // One line more takes no more room than saying that there is one.
  const shown = left <= 1 ? lines : lines.slice(0, SQL_LINES);
  const rest = left <= 1 ? [] : [`... ${left} more lines: --format sql shows them`];
  const painted = [...shown.map((line) => paint.green(line)), ...rest];
  return `${INDENT}${label.padEnd(LABEL_WIDTH)}${painted.join(`\n${INDENT}${' '.repeat(LABEL_WIDTH)}`)}`;
}
