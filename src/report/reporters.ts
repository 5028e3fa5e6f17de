import { UsageError } from '../model/error.ts';
import type { Report, ReporterOutput } from '../model/report.ts';
import { checkText } from './check-text.ts';
import { exitCodeOf } from './exit-code.ts';
import { explainText } from './explain-text.ts';
import { type Paint, PLAIN_PAINT } from './paint.ts';
import { planSql } from './plan-sql.ts';
import { planText } from './plan-text.ts';
import { reportJson } from './report-json.ts';
import { statusText } from './status-text.ts';

/** `sql` is for plans only. */
export type ReportFormat = 'text' | 'json' | 'sql';

/**
 * Turns a report into text and an exit code. Nothing is printed and nothing exits. `paint` colours the text format;
 * without it the text is plain.
 *
 * @throws UsageError when another report than a plan is wanted as SQL.
 * @example
 * const { output, exitCode } = renderReport(await check({ paths: ['drizzle'] }), 'json');
 */
export function renderReport(report: Report, format: ReportFormat, paint: Paint = PLAIN_PAINT): ReporterOutput {
  return { output: outputOf(report, format, paint), exitCode: exitCodeOf(report) };
}

function outputOf(report: Report, format: ReportFormat, paint: Paint): string {
  if (format === 'json') return reportJson(report);
  if (format === 'text') return textOf(report, paint);
  if (report.kind === 'plan') return planSql(report);
  throw new UsageError(`The report of ${report.kind} has no SQL form.`, {
    nextCommand: 'evenkeel plan <file> --format sql',
  });
}

function textOf(report: Report, paint: Paint): string {
  switch (report.kind) {
    case 'check':
      return checkText(report, paint);
    case 'explain':
      return explainText(report, paint);
    case 'plan':
      return planText(report, paint);
    case 'status':
      return statusText(report, paint);
  }
}
