import type { Severity } from '../model/finding.ts';
import type { CheckReport } from '../model/report.ts';
import { findingsInOrder } from './findings-in-order.ts';
import { repositoryPaths } from './repository-path.ts';

/** `minor` is left to nobody: what is not worth a failed check is a note. */
const SEVERITIES: Readonly<Record<Severity, 'critical' | 'major' | 'info'>> = {
  error: 'critical',
  warning: 'major',
  info: 'info',
};

/**
 * The report as a Code Quality report of GitLab (GitLab manual, "Code Quality report format"): shown in merge requests
 * when the job keeps it as `artifacts: reports: codequality`. Accepted findings are not in it.
 */
export function checkGitlab(report: CheckReport): string {
  const pathOf = repositoryPaths(report);
  const problems = report.problems.map((problem) => ({
    description: problem.message,
    check_name: 'unreadable-file',
    fingerprint: problem.fingerprint,
    severity: 'blocker',
    location: { path: problem.repositoryPath, lines: { begin: problem.line } },
  }));
  const findings = findingsInOrder(report).map((finding) => ({
    description: `${finding.title} ${finding.consequence} Safe way: ${finding.remedy}`,
    check_name: finding.rule,
    fingerprint: finding.fingerprint,
    severity: SEVERITIES[finding.severity],
    location: { path: pathOf(finding.path), lines: { begin: finding.focus.line, end: finding.focus.endLine } },
  }));
  return `${JSON.stringify([...problems, ...findings], null, 2)}\n`;
}
