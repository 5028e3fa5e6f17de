import type { Severity } from '../model/finding.ts';
import type { CheckReport } from '../model/report.ts';
import { countText } from './quantity-text.ts';
import { serverText } from './server-text.ts';

const NOUNS: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', info: 'note' };

/** What was found, counted: `1 error, 2 notes`. */
export function verdictText(report: CheckReport): string {
  const counts = (['error', 'warning', 'info'] as const)
    .map((severity) => [report.findings.filter((finding) => finding.severity === severity).length, severity] as const)
    .filter(([count]) => count > 0)
    .map(([count, severity]) => countText(count, NOUNS[severity]));
  const found = counts.length === 0 ? 'no findings' : counts.join(', ');
  if (report.problems.length === 0) return found;
  return `${countText(report.problems.length, 'file')} could not be read; ${found}`;
}

/** What was judged and against what, with the verdict: one sentence. */
export function summarySentence(report: CheckReport): string {
  const statements = report.files.flatMap((file) => file.statements).length;
  const judged = `${countText(statements, 'statement')} in ${countText(report.files.length, 'file')}`;
  return `${judged} for ${serverText(report.server)}, judged against ${report.context}: ${verdictText(report)}.`;
}

/** What else is worth knowing about the verdict, one sentence each. */
export function summaryNotes(report: CheckReport): readonly string[] {
  const { suppressed, baseline, since } = report;
  const statements = report.files.flatMap((file) => file.statements);
  const unknown = statements.filter(({ facts }) => facts.certainty === 'unknown').length;
  const notes: string[] = [];
  if (unknown > 0) notes.push(`${countText(unknown, 'statement')} could not be judged for certain.`);
  const byComment = suppressed.filter(({ by }) => by.kind === 'comment').length;
  if (byComment > 0) notes.push(`${countText(byComment, 'finding')} accepted by comments.`);
  if (baseline !== null) {
    const known = suppressed.length - byComment;
    notes.push(`${countText(known, 'finding')} accepted by ${baseline.path}.`);
    if (baseline.stale > 0) {
      const entries = baseline.stale === 1 ? '1 entry of it is' : `${baseline.stale} entries of it are`;
      notes.push(`${entries} not found any more; --write-baseline ${baseline.path} writes it anew.`);
    }
  }
  if (since !== null) {
    const were = since.unchanged === 1 ? 'was' : 'were';
    notes.push(`${countText(since.unchanged, 'file')} unchanged since ${since.ref} ${were} replayed, not judged.`);
  }
  return notes;
}
