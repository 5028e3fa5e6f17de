import type { Report, ReporterOutput } from '../model/report.ts';

/**
 * The exit code of a report: 2 when `check` could not read a file, 1 when it has an error or a warning, or when `status` shows a migration that failed,
 * was edited after it was applied, or whose file is gone; else 0.
 */
export function exitCodeOf(report: Report): ReporterOutput['exitCode'] {
  switch (report.kind) {
    case 'check':
      if (report.problems.length > 0) return 2;
      return report.findings.some(({ severity }) => severity !== 'info') ? 1 : 0;
    case 'status':
      return report.migrations.some(({ state }) => ['failed', 'edited', 'missing'].includes(state)) ? 1 : 0;
    case 'explain':
    case 'plan':
      return 0;
  }
}
