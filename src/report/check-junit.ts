import type { Finding } from '../model/finding.ts';
import type { InputProblem } from '../model/input-problem.ts';
import type { CheckedFile, CheckReport } from '../model/report.ts';
import { findingMessage } from './finding-message.ts';
import { findingsInOrder } from './findings-in-order.ts';
import { problemConsequences } from './problem-consequences.ts';
import { shortSql } from './wrap-text.ts';

/**
 * The report as JUnit XML: a suite a file, a test a statement. Errors and warnings fail a test, notes are its output,
 * a test is skipped when all that there was to say is accepted; a file that could not be read is an error.
 */
export function checkJunit(report: CheckReport): string {
  const suites = [...report.files.map((file) => fileSuite(report, file)), ...report.problems.map(problemSuite)];
  const head = `<testsuites name="evenkeel check"${countsOf(suites.flatMap(({ cases }) => cases))}>`;
  const body = suites.map(
    ({ name, cases }) =>
      `  <testsuite name="${escapeXml(name)}"${countsOf(cases)} skipped="${countOf(cases, 'skipped')}">\n${cases.map(caseText).join('')}  </testsuite>\n`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n${head}\n${body.join('')}</testsuites>\n`;
}

interface Suite {
  readonly name: string;
  readonly cases: readonly Case[];
}

interface Case {
  readonly file: string;
  readonly name: string;
  readonly outcome: 'passed' | 'failure' | 'error' | 'skipped';
  /** The rules that speak up, or why it is skipped. */
  readonly reason: string;
  readonly text: string;
  readonly output: string;
}

function fileSuite(report: CheckReport, file: CheckedFile): Suite {
  const findings = findingsInOrder(report).filter(({ path }) => path === file.path);
  const starts = new Set(file.statements.map(({ span }) => span.startOffset));
  const about = findings.filter(({ span }) => !starts.has(span.startOffset));
  const cases = file.statements.map((statement) => {
    const name = `line ${statement.span.line}: ${shortSql(statement.sql, 80)}`;
    const isHere = ({ span }: Finding): boolean => span.startOffset === statement.span.startOffset;
    const accepted = report.suppressed.filter(({ finding }) => finding.path === file.path && isHere(finding));
    const reasons = accepted.map(
      ({ finding, by }) => `${finding.rule}: ${by.kind === 'comment' ? by.reason : by.path}`,
    );
    return caseOf(file.path, name, findings.filter(isHere), reasons);
  });
  if (about.length === 0 && cases.length > 0) return { name: file.path, cases };
  return { name: file.path, cases: [caseOf(file.path, 'the file', about, []), ...cases] };
}

function caseOf(file: string, name: string, findings: readonly Finding[], accepted: readonly string[]): Case {
  const grave = findings.filter(({ severity }) => severity !== 'info');
  const notes = findings.filter(({ severity }) => severity === 'info');
  const texts = (all: readonly Finding[]): string =>
    all.map((finding) => `${finding.severity}: ${findingMessage(finding)}`).join('\n\n');
  const rules = grave.map(({ rule }) => rule).join(', ');
  const base = { file, name, text: texts(grave), output: texts(notes) };
  if (grave.length > 0) return { ...base, outcome: 'failure', reason: rules };
  if (accepted.length > 0) return { ...base, outcome: 'skipped', reason: accepted.join('; ') };
  return { ...base, outcome: 'passed', reason: '' };
}

function problemSuite(problem: InputProblem): Suite {
  const { path, line, column, message, nextCommand } = problem;
  const text = [message, ...problemConsequences(problem), `Next: ${nextCommand}`].join('\n');
  const name = `line ${line}, column ${column}`;
  return { name: path, cases: [{ file: path, name, outcome: 'error', reason: message, text, output: '' }] };
}

function caseText({ file, name, outcome, reason, text, output }: Case): string {
  const open = `    <testcase classname="${escapeXml(file)}" name="${escapeXml(name)}"`;
  const parts: string[] = [];
  if (outcome === 'skipped') parts.push(`      <skipped message="${escapeXml(reason)}"/>\n`);
  if (outcome === 'failure' || outcome === 'error') {
    parts.push(`      <${outcome} message="${escapeXml(reason)}">${escapeXml(text)}</${outcome}>\n`);
  }
  if (output !== '') parts.push(`      <system-out>${escapeXml(output)}</system-out>\n`);
  return parts.length === 0 ? `${open}/>\n` : `${open}>\n${parts.join('')}    </testcase>\n`;
}

function countsOf(cases: readonly Case[]): string {
  return ` tests="${cases.length}" failures="${countOf(cases, 'failure')}" errors="${countOf(cases, 'error')}"`;
}

function countOf(cases: readonly Case[], outcome: Case['outcome']): number {
  return cases.filter((one) => one.outcome === outcome).length;
}

/** Characters that XML 1.0 cannot hold at all become replacement characters. */
function escapeXml(text: string): string {
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken out
      .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu, '\ufffd')
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
      .replaceAll('\r', '&#13;')
  );
}
