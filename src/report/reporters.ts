import { UsageError } from '../model/error.ts';
import type { CheckReport, Report, ReporterOutput } from '../model/report.ts';
import { checkGithub } from './check-github.ts';
import { checkGitlab } from './check-gitlab.ts';
import { checkJunit } from './check-junit.ts';
import { checkMarkdown } from './check-markdown.ts';
import { checkSarif } from './check-sarif.ts';
import { checkText } from './check-text.ts';
import { doctorText } from './doctor-text.ts';
import { exitCodeOf } from './exit-code.ts';
import { explainText } from './explain-text.ts';
import { abandonText, resolveText } from './mend-text.ts';
import { type Paint, PLAIN_PAINT } from './paint.ts';
import { planMarkdown } from './plan-markdown.ts';
import { planSql } from './plan-sql.ts';
import { planText } from './plan-text.ts';
import { preflightText } from './preflight-text.ts';
import { reportJson } from './report-json.ts';
import { statusText } from './status-text.ts';
import { writtenText } from './written-text.ts';

/** What other programs want of `check`. */
const CHECK_REPORTERS = {
  sarif: checkSarif,
  github: checkGithub,
  gitlab: checkGitlab,
  junit: checkJunit,
  markdown: checkMarkdown,
} as const satisfies Readonly<Record<string, (report: CheckReport) => string>>;

/** `sql` is for plans only, `markdown` for `check` and plans; the others after `json` are for `check` only. */
export const REPORT_FORMATS = ['text', 'json', 'sql', 'sarif', 'github', 'gitlab', 'junit', 'markdown'] as const;

export type ReportFormat = (typeof REPORT_FORMATS)[number];

/**
 * Turns a report into text and an exit code. Nothing is printed and nothing exits. `paint` colours the text format;
 * without it the text is plain.
 *
 * @throws UsageError when the report has no such form.
 * @example
 * const { output, exitCode } = renderReport(await check({ paths: ['drizzle'] }), 'json');
 */
export function renderReport(report: Report, format: ReportFormat, paint: Paint = PLAIN_PAINT): ReporterOutput {
  return { output: outputOf(report, format, paint), exitCode: exitCodeOf(report) };
}

function outputOf(report: Report, format: ReportFormat, paint: Paint): string {
  if (format === 'json') return reportJson(report);
  if (format === 'text') return textOf(report, paint);
  if (format === 'sql') {
    if (report.kind === 'plan') return planSql(report);
    throw noSuchForm(report, 'evenkeel plan <file> --format sql');
  }
  if (report.kind === 'plan' && format === 'markdown') return planMarkdown(report);
  if (report.kind === 'check') return CHECK_REPORTERS[format](report);
  throw noSuchForm(report, `evenkeel check <path> --format ${format}`);
}

function noSuchForm(report: Report, nextCommand: string): UsageError {
  return new UsageError(`The report of ${report.kind} has no such form.`, { nextCommand });
}

function textOf(report: Report, paint: Paint): string {
  switch (report.kind) {
    case 'check':
      return checkText(report, paint);
    case 'explain':
      return explainText(report, paint);
    case 'plan':
      return report.written === undefined ? planText(report, paint) : writtenText(report, report.written, paint);
    case 'status':
      return statusText(report, paint);
    case 'resolve':
      return resolveText(report, paint);
    case 'abandon':
      return abandonText(report, paint);
    case 'doctor':
      return doctorText(report, paint);
    case 'preflight':
      return preflightText(report, paint);
  }
}
