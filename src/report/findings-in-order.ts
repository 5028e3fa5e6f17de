import type { Finding } from '../model/finding.ts';
import type { CheckReport } from '../model/report.ts';

/** The findings as the files are read: file by file in the order of the migrations, from the top of each down. */
export function findingsInOrder(report: CheckReport): readonly Finding[] {
  const paths = report.files.map(({ path }) => path);
  return [...report.findings].sort(
    (a, b) => paths.indexOf(a.path) - paths.indexOf(b.path) || a.span.startOffset - b.span.startOffset,
  );
}
