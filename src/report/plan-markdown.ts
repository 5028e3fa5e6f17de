import type { MigrationPlan, Step } from '../model/plan.ts';
import type { RolloutStage } from '../model/plan-rollout.ts';
import type { PlanReport } from '../model/report.ts';
import { applyCommand } from './apply-command.ts';
import { naiveText, waysText } from './choice-text.ts';
import { decisionText, lossCountText, lossText } from './loss-text.ts';
import { asManyAsFit, codeHtml, html, inlineCode, place, plain, sqlFence } from './markdown-text.ts';
import { PLAIN_PAINT } from './paint.ts';
import { planSummary } from './plan-summary.ts';
import { proofText } from './proof-text.ts';
import { countText } from './quantity-text.ts';
import {
  stepBlock,
  stepLock,
  stepName,
  stepNumber,
  stepRows,
  stepSql,
  stepTransaction,
  stepUndo,
} from './step-text.ts';

/** The first line of the comment; a bot that finds it updates the comment instead of writing another. */
export const PLAN_MARKER = '<!-- evenkeel:plan -->';

/** Rows of a table; nobody reads more in a comment. */
const TABLE_ROWS = 100;
const TITLES = ['#', 'phase', 'step', 'lock', 'others wait at most', 'transaction', 'rows', 'undo'];

/**
 * The plan as one comment on a pull request: what is done and who waits, what is lost, what to deploy at the gates, why
 * it is done this way, and the SQL, folded up.
 */
export function planMarkdown(report: PlanReport): string {
  const { plan } = report;
  const blocks = [
    ...plan.migrations.flatMap((migration) => aboutMigration(migration, report)),
    ...report.rollout.flatMap(undoBlock),
    ...plan.migrations.flatMap(({ path, steps }) =>
      steps.filter(({ kind }) => kind !== 'gate').map((step) => sqlBlock(path, step)),
    ),
  ];
  const head = [PLAN_MARKER, `### Evenkeel: ${plain(planSummary(report))}`];
  const isFit = report.proof === undefined || report.proof.outcome === 'equal';
  const end = [
    ...(report.proof === undefined ? [] : [proofText(report.proof, PLAIN_PAINT).split('\n').map(plain).join('  \n')]),
    `Made for the schema with fingerprint ${codeHtml(plan.fingerprint.slice(0, 12))}; any other is refused.${isFit ? ` Next: ${inlineCode(applyCommand(plan))}` : ''}`,
  ];
  return `${[...head, ...asManyAsFit(blocks, '`evenkeel plan` shows it all'), ...end].join('\n\n')}\n`;
}

function aboutMigration(migration: MigrationPlan, report: PlanReport): readonly string[] {
  const title = `#### ${codeHtml(migration.path)}`;
  if (migration.steps.length === 0) return [`${title}\n\nNothing to do.`];
  return [
    `${title}\n\n${tableOf(migration.steps, report)}`,
    ...lossBlock(migration.path, report),
    ...gateBlock(migration, report),
    ...wayBlock(migration.path, report),
    ...noteBlock(migration.path, report),
  ];
}

function tableOf(steps: readonly Step[], { sizes }: PlanReport): string {
  const rows = steps
    .slice(0, TABLE_ROWS)
    .map((step) => [
      stepNumber(step.id),
      step.phase,
      codeHtml(stepName(step)),
      plain(stepLock(step)),
      stepBlock(step),
      stepTransaction(step),
      plain(stepRows(step, sizes)),
      stepUndo(step),
    ]);
  const lines = [TITLES, TITLES.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  const left = steps.length - TABLE_ROWS;
  return [...lines, ...(left > 0 ? ['', `_And ${countText(left, 'step')} more._`] : [])].join('\n');
}

function lossBlock(path: string, report: PlanReport): readonly string[] {
  const losses = report.losses.filter((loss) => loss.path === path);
  if (losses.length === 0) return [];
  const decision = decisionText(losses, path);
  const items = losses.map((loss) => {
    const counts = loss.counts.map(
      (count) =>
        `\n  - ${plain(lossCountText(loss, count))}${count.sql === null ? '' : ` ${inlineCode(`${count.sql};`)}`}`,
    );
    return `- ${place(path, loss.line)} ${plain(lossText(loss))}${counts.join('')}`;
  });
  return [
    [
      '**What is lost**',
      items.join('\n'),
      ...(decision === null ? [] : [`${plain(decision.sentence)} ${inlineCode(decision.comment)}`]),
    ].join('\n\n'),
  ];
}

/** What to tick off, in the order of the plan. */
function gateBlock({ path, steps }: MigrationPlan, { rollout }: PlanReport): readonly string[] {
  const stages = rollout.filter((stage) => stage.path === path);
  const items = stages.flatMap((stage, position) => {
    const now = [stage.versions, ...stage.breaks].join(' ');
    if (stage.gate === null) {
      if (stage.steps.length === 0) return [];
      return [`- From the start: ${plain(now)} ${plain(stage.fallback.sentence)}`];
    }
    const gate = steps.find(({ id }) => id === stage.gate);
    const before = [stage.atGate ?? '', stages[position - 1]?.fallback.sentence ?? ''].join(' ');
    return [
      [
        `- [ ] ${codeHtml(stage.gate)} ${plain(gate?.kind === 'gate' ? gate.deploy : '')}`,
        `  - Before: ${plain(before)}`,
        `  - After: ${plain(`${now} ${stage.fallback.sentence}`)}`,
      ].join('\n'),
    ];
  });
  return items.length === 0 ? [] : [`**Deployments**\n\n${items.join('\n')}`];
}

function wayBlock(path: string, report: PlanReport): readonly string[] {
  const choices = report.choices.filter((choice) => choice.path === path);
  if (choices.length === 0) return [];
  const items = choices.map(
    (choice) =>
      `- ${place(path, choice.line)} ${plain(`${waysText(choice)}. ${choice.because}`)}\n  - ${plain(naiveText(choice.naive))}`,
  );
  return [`**Why this way**\n\n${items.join('\n')}`];
}

function noteBlock(path: string, { notes }: PlanReport): readonly string[] {
  const items = notes
    .filter((note) => note.path === path)
    .map(({ line, note }) => `- ${place(path, line)} ${plain(note)}`);
  return items.length === 0 ? [] : [`**Notes**\n\n${items.join('\n')}`];
}

function sqlBlock(path: string, step: Step): string {
  const undo = step.undo === null || step.undo.length === 0 ? [] : ['Undo:', sqlFence(closed(step.undo))];
  return [
    `<details><summary>${place(path, step.line)} ${html(step.id)}</summary>`,
    plain(step.why),
    ...(stepSql(step).length === 0 ? [] : [sqlFence(closed(stepSql(step)))]),
    ...undo,
    ...(step.kind === 'gate' ? [] : [`Afterwards: ${plain(step.postCondition.sentence)}`]),
    '</details>',
  ].join('\n\n');
}

/** The way back from the end of a stage, in one go. */
function undoBlock({ path, steps, fallback }: RolloutStage): readonly string[] {
  const last = steps.at(-1);
  if (last === undefined || fallback.undo === null || fallback.undo.length === 0) return [];
  const summary = `<details><summary>${place(path)} all the way back from ${html(last)}</summary>`;
  return [[summary, plain(fallback.sentence), sqlFence(closed(fallback.undo)), '</details>'].join('\n\n')];
}

function closed(statements: readonly string[]): string {
  return statements.map((sql) => `${sql};`).join('\n');
}
