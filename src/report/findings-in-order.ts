import type { Finding } from '../model/finding.ts';
import type { CheckReport } from '../model/report.ts';

/** The findings as the files are read: file by file in the order of the migrations, from the top of each down. */
export function findingsInOrder(report: CheckReport): readonly Finding[] {
  const places = new Map<string, number>();
  for (const [place, { path }] of report.files.entries()) if (!places.has(path)) places.set(path, place);
  const placeOf = ({ path }: Finding): number => places.get(path) ?? -1;
  return [...report.findings].sort((a, b) => placeOf(a) - placeOf(b) || a.span.startOffset - b.span.startOffset);
}
