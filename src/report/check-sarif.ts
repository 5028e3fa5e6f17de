import type { Finding, Severity, SuppressedFinding } from '../model/finding.ts';
import type { InputProblem } from '../model/input-problem.ts';
import type { CheckReport } from '../model/report.ts';
import { findingsInOrder } from './findings-in-order.ts';
import { problemConsequences } from './problem-consequences.ts';
import { repositoryPaths } from './repository-path.ts';

const LEVELS: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = {
  error: 'error',
  warning: 'warning',
  info: 'note',
};

/** Code units. */
const SNIPPET_MAX = 2000;

/**
 * The report as SARIF 2.1.0 (OASIS standard, 27 March 2020): what GitHub code scanning and editors read. Accepted
 * findings are in it with their suppression; a file that could not be read is a notification of the invocation.
 */
export function checkSarif(report: CheckReport): string {
  const pathOf = repositoryPaths(report);
  const ruleIndex = (id: string): number => report.rules.findIndex((rule) => rule.id === id);
  const texts = new Map(report.files.map(({ path, text }) => [path, text]));
  const result = (finding: Finding): object =>
    resultOf(finding, ruleIndex(finding.rule), pathOf(finding.path), texts.get(finding.path) ?? '');
  const log = {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'Evenkeel', rules: report.rules.map(ruleOf) } },
        invocations: [
          {
            executionSuccessful: report.problems.length === 0,
            toolExecutionNotifications: report.problems.map(notificationOf),
          },
        ],
        columnKind: 'utf16CodeUnits',
        results: [
          ...findingsInOrder(report).map(result),
          ...report.suppressed.map((one) => ({ ...result(one.finding), suppressions: [suppressionOf(one)] })),
        ],
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function ruleOf({ id, severity, summary, remedy }: CheckReport['rules'][number]): object {
  return {
    id,
    shortDescription: { text: summary },
    help: { text: `${summary} ${remedy} More: evenkeel rules ${id}` },
    defaultConfiguration: { level: LEVELS[severity] },
  };
}

function resultOf(finding: Finding, ruleIndex: number, path: string, text: string): object {
  const { title, consequence, remedy, nextCommand, recipe, relations, focus } = finding;
  return {
    ruleId: finding.rule,
    // -1 says that there is none in the list; the list has every rule of the report.
    ruleIndex,
    level: LEVELS[finding.severity],
    message: { text: `${title} ${consequence} Safe way: ${remedy}` },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: uriOf(path) },
          region: {
            startLine: focus.line,
            startColumn: focus.column,
            endLine: focus.endLine,
            endColumn: focus.endColumn,
            ...snippetOf(text.slice(focus.startOffset, focus.endOffset)),
          },
        },
      },
    ],
    partialFingerprints: { 'evenkeel/v1': finding.fingerprint },
    properties: { recipe, nextCommand, relations },
  };
}

/** A snippet has to be all of its region, so a long one is left out. */
function snippetOf(text: string): object {
  return text === '' || text.length > SNIPPET_MAX
    ? {}
    : { snippet: { text: text.replaceAll(/\p{Surrogate}/gu, '\ufffd') } };
}

function suppressionOf({ by }: SuppressedFinding): object {
  return by.kind === 'comment'
    ? { kind: 'inSource', status: 'accepted', justification: by.reason }
    : { kind: 'external', status: 'accepted', justification: `accepted by the baseline ${by.path}` };
}

function notificationOf(problem: InputProblem): object {
  return {
    level: 'error',
    message: { text: [problem.message, ...problemConsequences(problem)].join(' ') },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: uriOf(problem.repositoryPath) },
          region: { startLine: problem.line, startColumn: problem.column },
        },
      },
    ],
    descriptor: { id: problem.code },
  };
}

/** A path as a relative reference: a colon in its first part would read as a scheme. */
function uriOf(path: string): string {
  const encoded = path.split('/').map(encodeURIComponent).join('/');
  return path.startsWith('/') ? `file://${encoded}` : encoded;
}
