import type { Report, ReporterOutput } from '../model/report.ts';

/**
 * The exit code of a report: 1 when `check` has an error or a warning, or when `status` shows a migration that failed,
 * was edited after it was applied, or whose file is gone; else 0.
 */
export function exitCodeOf(report: Report): ReporterOutput['exitCode'] {
  switch (report.kind) {
    case 'check':
      return report.findings.some(({ severity }) => severity !== 'info') ? 1 : 0;
    case 'status':
      return report.migrations.some(({ state }) => ['failed', 'edited', 'missing'].includes(state)) ? 1 : 0;
    case 'explain':
    case 'plan':
      return 0;
  }
}
