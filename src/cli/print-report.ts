import type { Report } from '../model/report.ts';
import { REPORT_FORMATS, type ReportFormat, renderReport } from '../report/reporters.ts';
import { paintFor } from './color.ts';
import type { CliContext } from './context.ts';

/** Prints a report on stdout and answers its exit code. */
export function printReport(report: Report, format: string, context: CliContext): number {
  const paint = paintFor(context.stdout, context.env);
  const { output, exitCode } = renderReport(report, formatOf(format), paint);
  context.stdout.write(output);
  return exitCode;
}

/** commander has refused every other word already. */
function formatOf(format: string): ReportFormat {
  return REPORT_FORMATS.find((known) => known === format) ?? 'text';
}
