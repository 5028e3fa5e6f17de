import type { BackfillRecord } from '../model/backfill.ts';
import type { BackfillReport } from '../model/backfill-report.ts';
import { groupedNumber } from '../model/grouped-number.ts';
import type { ReporterOutput } from '../model/report.ts';
import type { Paint } from './paint.ts';
import { countText } from './quantity-text.ts';

/** Every backfill of a database, a line each. */
export function backfillList(
  backfills: readonly BackfillRecord[],
  format: 'text' | 'json',
  paint: Paint,
): ReporterOutput {
  if (format === 'json') {
    return { output: `${JSON.stringify({ kind: 'backfills', version: 1, backfills })}\n`, exitCode: 0 };
  }
  if (backfills.length === 0) {
    return { output: 'No backfill was ever begun here.\nNext: evenkeel backfill "UPDATE ..."\n', exitCode: 0 };
  }
  return { output: `${backfills.map((one) => lineOf(one, paint)).join('\n')}\n`, exitCode: 0 };
}

function lineOf(backfill: BackfillRecord, paint: Paint): string {
  const { id, state, statement } = backfill;
  const short = statement.replace(/\s+/g, ' ');
  const shown = short.length > 70 ? `${short.slice(0, 67)}...` : short;
  return `${String(id).padStart(4)}  ${styleOf(state, paint)(state.padEnd(9))}  ${progressOf(backfill)}  ${paint.dim(shown)}`;
}

function progressOf({ fraction, rowsDone, state }: BackfillRecord): string {
  const percent = state === 'finished' ? 100 : Math.floor(fraction * 100);
  return `${String(percent).padStart(3)} %, ${countText(rowsDone, 'row')}`;
}

/** One backfill: 0 when it is finished, 1 when somebody has to look at it, 3 when it is not finished yet. */
export function backfillReport(report: BackfillReport, format: 'text' | 'json', paint: Paint): ReporterOutput {
  const { backfill } = report;
  const exitCode = EXIT_CODES[backfill.state];
  if (format === 'json') return { output: `${JSON.stringify(report)}\n`, exitCode };
  const { id, state, statement, walk, settings } = backfill;
  const blocks = [
    [
      `Backfill ${paint.bold(String(id))} of ${report.database}: ${styleOf(state, paint)(state)}`,
      `  ${statement.replace(/\s+/g, ' ')}`,
      `  walks ${walk.kind === 'keys' ? '' : 'by blocks, '}${walk.why}`,
    ],
    [
      `${progressOf(backfill)} in ${countText(backfill.batches, 'batch', 'batches')}; ${backfill.rangesOpen} of ${countText(backfill.ranges, 'range')} open${estimateOf(backfill)}`,
      `workers ${settings.workers}, batches of ${settings.batchTargetMs} ms, duty cycle ${settings.dutyCycle}, failure budget ${settings.failureBudget}`,
      ...(backfill.heldBy === null ? [] : [paint.yellow(`held: ${backfill.heldBy}`)]),
      ...(backfill.message === null ? [] : [paint.red(backfill.message)]),
      ...verificationLines(backfill),
    ],
    asideLines(report),
    report.transitions.map(
      ({ at, by, action, detail }) =>
        `${paint.dim(at)} ${by}: ${action}${detail === '' ? '' : ` (${oneLine(detail)})`}`,
    ),
    nextLines(backfill),
  ];
  const output = blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n');
  return { output: `${output}\n`, exitCode };
}

const EXIT_CODES = { finished: 0, running: 3, paused: 3, cancelled: 1, failed: 1 } as const;

function estimateOf({ rowsEstimate }: BackfillRecord): string {
  return rowsEstimate === null ? '' : `; about ${groupedNumber(rowsEstimate)} rows were expected to change`;
}

function verificationLines({ verification }: BackfillRecord): readonly string[] {
  if (verification === null) return [];
  return [`verified ${verification.at}: ${countText(verification.rowsLeft, 'row')} still matched`];
}

function asideLines({ backfill, rowsPutAside }: BackfillReport): readonly string[] {
  if (rowsPutAside.length === 0) return [];
  const rows = rowsPutAside.map(({ relation, key, sqlstate, message }) => {
    const where = Object.entries(key).map(([name, value]) => `${name} = ${value}`);
    return `  ${relation} ${where.join(', ')}: ${oneLine(message)} (SQLSTATE ${sqlstate})`;
  });
  const more = backfill.rowsPutAside - rowsPutAside.length;
  return [
    `${countText(backfill.rowsPutAside, 'row')} could not be changed (evenkeel.backfill_row):`,
    ...rows,
    ...(more > 0 ? [`  and ${groupedNumber(more)} more`] : []),
  ];
}

function nextLines({ id, state, definition }: BackfillRecord): readonly string[] {
  if (state === 'cancelled') return [];
  if (state !== 'finished') return [`Next: evenkeel backfill resume ${id}`];
  return definition.remaining === null ? [] : [`Next: evenkeel backfill verify ${id}`];
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ');
}

function styleOf(state: BackfillRecord['state'], paint: Paint): (text: string) => string {
  if (state === 'finished') return paint.green;
  return state === 'failed' || state === 'cancelled' ? paint.red : paint.yellow;
}
