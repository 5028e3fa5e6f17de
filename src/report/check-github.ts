import type { Severity } from '../model/finding.ts';
import type { CheckReport } from '../model/report.ts';
import type { Span } from '../model/span.ts';
import { summaryNotes, summarySentence } from './check-summary.ts';
import { findingMessage } from './finding-message.ts';
import { findingsInOrder } from './findings-in-order.ts';
import { problemConsequences } from './problem-consequences.ts';
import { repositoryPaths } from './repository-path.ts';

const COMMANDS: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', info: 'notice' };

/**
 * The report as workflow commands of GitHub Actions: each finding becomes an annotation at its line in the pull request.
 * The summary follows as plain lines of the log. GitHub shows ten annotations of a kind for each step.
 */
export function checkGithub(report: CheckReport): string {
  const pathOf = repositoryPaths(report);
  const problems = report.problems.map((problem) =>
    commandText('error', problem.repositoryPath, pointSpan(problem), 'unreadable', [
      problem.message,
      ...problemConsequences(problem),
      `Next: ${problem.nextCommand}`,
    ]),
  );
  const findings = findingsInOrder(report).map((finding) =>
    commandText(COMMANDS[finding.severity], pathOf(finding.path), finding.focus, finding.rule, [
      findingMessage(finding),
    ]),
  );
  return `${[...problems, ...findings, summarySentence(report), ...summaryNotes(report)].join('\n')}\n`;
}

type Place = Pick<Span, 'line' | 'column' | 'endLine' | 'endColumn'>;

function pointSpan({ line, column }: { readonly line: number; readonly column: number }): Place {
  return { line, column, endLine: line, endColumn: column };
}

/** Columns are refused by GitHub when the place has several lines. */
function commandText(command: string, path: string, place: Place, title: string, sentences: readonly string[]): string {
  const isOneLine = place.line === place.endLine;
  const properties: readonly (readonly [string, string | number])[] = [
    ['file', path],
    ['line', place.line],
    ['endLine', place.endLine],
    ...(isOneLine
      ? ([
          ['col', place.column],
          ['endColumn', place.endColumn],
        ] as const)
      : []),
    ['title', `evenkeel: ${title}`],
  ];
  const written = properties.map(([name, value]) => `${name}=${escapeProperty(String(value))}`).join(',');
  return `::${command} ${written}::${escapeData(sentences.join('\n'))}`;
}

/** As the runner reads it back: `%`, carriage return and newline (actions/toolkit, core/src/command.ts). */
function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
