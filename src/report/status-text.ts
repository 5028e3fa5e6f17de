import type { StatusReport } from '../model/report.ts';
import { wrapText } from '../model/wrap-text.ts';
import type { Paint } from './paint.ts';
import { countText } from './quantity-text.ts';
import { LINE_WIDTH } from './wrap-text.ts';

type State = StatusReport['migrations'][number]['state'];

const STATE_WIDTH = 11;
const STATES: readonly State[] = [
  'applied',
  'running',
  'gated',
  'failed',
  'abandoning',
  'abandoned',
  'edited',
  'missing',
  'pending',
];

/** Where the database stands, migration by migration. */
export function statusText(report: StatusReport, paint: Paint): string {
  const head = [`Database ${paint.bold(report.database)}`];
  if (!report.ledgerExists) head.push('It has no ledger yet: Evenkeel never applied anything here.');
  if (report.runner !== null) {
    head.push(`A runner is at work: server process ${report.runner.pid}, since ${report.runner.since}.`);
  }
  const lines = report.migrations.map((migration) => migrationText(migration, paint));
  const counts = STATES.map((state) => [report.migrations.filter((m) => m.state === state).length, state] as const)
    .filter(([count]) => count > 0)
    .map(([count, state]) => `${count} ${state}`);
  const summary = [
    `${countText(report.migrations.length, 'migration')}${counts.length > 0 ? `: ${counts.join(', ')}` : ''}.`,
  ];
  if (report.nextCommand !== null) summary.push(`Next: ${paint.cyan(report.nextCommand)}`);
  const blocks = [head.join('\n'), ...(lines.length > 0 ? [lines.join('\n')] : []), summary.join('\n')];
  return `${blocks.join('\n\n')}\n`;
}

function migrationText(migration: StatusReport['migrations'][number], paint: Paint): string {
  const { state, record, note, situation } = migration;
  const done = record === null ? '' : ` ${paint.dim(progressText(record))}`;
  const indent = ' '.repeat(STATE_WIDTH + 4);
  const told = [
    ...(note === null ? [] : [note]),
    ...(situation === null ? [] : [`${situation.kind}: ${situation.reason}`]),
  ].map((text) => wrapText(text, LINE_WIDTH, indent).join('\n'));
  const next = situation === null ? [] : [`next: ${paint.cyan(situation.nextCommand)}`];
  return [`  ${styleOf(state, paint)(state.padEnd(STATE_WIDTH))}${migration.id}${done}`, ...told, ...next].join(
    `\n${indent}`,
  );
}

function progressText(record: NonNullable<StatusReport['migrations'][number]['record']>): string {
  if (record.appliedAt !== null) return record.appliedAt;
  const done = record.steps.filter(({ state }) => state === 'done' || state === 'passed').length;
  return `${countText(done, 'step')} done`;
}

function styleOf(state: State, paint: Paint): (text: string) => string {
  if (state === 'applied') return paint.green;
  if (state === 'pending' || state === 'abandoned') return paint.dim;
  return state === 'running' || state === 'gated' ? paint.yellow : paint.red;
}
