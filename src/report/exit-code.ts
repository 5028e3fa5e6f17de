import type { CheckReport, ExplainReport, Report, ReporterOutput } from '../model/report.ts';

/**
 * The exit code of a report: 2 when `check` could not read a file, 1 when it has an error or a warning, or when a trace
 * shows that derived facts are wrong or that a server refuses what no finding speaks of, or when `status` shows a migration that failed,
 * was edited after it was applied, is half given up, or whose file is gone, or when a plan was to be proved or
 * written and was not, or when a check of `doctor` failed, or when `preflight` says not now, or when `resolve` refused a step; 3 when `abandon` is not through; else 0.
 */
export function exitCodeOf(report: Report): ReporterOutput['exitCode'] {
  switch (report.kind) {
    case 'check':
      if (report.problems.length > 0) return 2;
      return report.findings.some(({ severity }) => severity !== 'info') || isWrong(report) || isRefused(report)
        ? 1
        : 0;
    case 'status':
      return report.migrations.some(({ state }) => ['failed', 'edited', 'missing', 'abandoning'].includes(state))
        ? 1
        : 0;
    case 'resolve':
      return report.steps.some(({ outcome }) => outcome === 'refused') ? 1 : 0;
    case 'abandon':
      return report.isAbandoned ? 0 : 3;
    case 'doctor':
      return report.checks.some(({ status }) => status === 'fail') ? 1 : 0;
    case 'preflight':
      return report.verdict === 'clear' && (report.steps.length > 0 || report.gate === null) ? 0 : 1;
    case 'explain':
      return isWrong(report) ? 1 : 0;
    case 'plan':
      if (report.written?.isDone === false) return 1;
      return report.proof === undefined || report.proof.outcome === 'equal' ? 0 : 1;
  }
}

/** Whether a server refused what no finding speaks of. */
function isRefused({ files }: CheckReport): boolean {
  return files.some(({ statements }) =>
    statements.some(
      ({ traced, facts }) =>
        traced !== undefined &&
        traced.error !== null &&
        traced.verdict !== 'not-compared' &&
        facts.failure === null &&
        facts.transaction === 'any',
    ),
  );
}

/** Whether a server did otherwise than derived: a fault of our own, which no build should pass over. */
function isWrong({ files }: CheckReport | ExplainReport): boolean {
  return files.some(({ statements }) => statements.some(({ traced }) => traced?.verdict === 'wrong'));
}
