import type { Finding } from '../model/finding.ts';
import type { CheckReport } from '../model/report.ts';
import { findingsInOrder } from './findings-in-order.ts';
import { lockText, workTexts } from './lock-text.ts';
import type { Paint } from './paint.ts';
import { countText } from './quantity-text.ts';
import { serverText } from './server-text.ts';
import { labelled, shortSql } from './wrap-text.ts';

const INDENT = '  ';
const LABEL_WIDTH = 10;

/** The findings for people: in the order of the files, each with its consequence, its reason and the safe way. */
export function checkText(report: CheckReport, paint: Paint): string {
  const blocks = findingsInOrder(report).map((finding) => findingText(finding, paint));
  return `${[...blocks, summaryText(report, paint)].join('\n\n')}\n`;
}

function findingText(finding: Finding, paint: Paint): string {
  const { facts, span } = finding;
  const where = `${finding.path}:${span.line}:${span.column}`;
  const row = (label: string, text: string): string => labelled(label, text, INDENT, LABEL_WIDTH);
  return [
    `${paint.bold(where)}  ${severityText(finding, paint)}  ${finding.title} ${paint.dim(`[${finding.rule}]`)}`,
    `${INDENT}${paint.dim(shortSql(finding.sql, 100))}`,
    ...facts.locks.map((lock) => row('locks', lockText(lock))),
    ...workTexts(facts).map((text) => row('work', text)),
    ...(facts.transaction === 'outside-only' ? [row('runs', 'only outside a transaction')] : []),
    ...(facts.failure === null ? [] : [row('fails', `${facts.failure.reason} (SQLSTATE ${facts.failure.sqlstate})`)]),
    ...facts.losses.map((loss) => row('loses', loss)),
    ...facts.breaks.map((broken) => row('breaks', broken.sentence)),
    row('so', finding.consequence),
    ...(facts.certainty === 'unknown' ? [row('certainty', 'unknown')] : []),
    ...facts.because.map((sentence) => row('why', sentence)),
    row('safe way', finding.remedy),
    `${INDENT}${'next'.padEnd(LABEL_WIDTH)}${paint.cyan(finding.nextCommand)}`,
  ].join('\n');
}

function severityText(finding: Finding, paint: Paint): string {
  const styles = { error: paint.red, warning: paint.yellow, info: paint.green };
  return styles[finding.severity](finding.severity);
}

function summaryText(report: CheckReport, paint: Paint): string {
  const statements = report.files.flatMap((file) => file.statements);
  const unknown = statements.filter(({ facts }) => facts.certainty === 'unknown').length;
  const counts = (['error', 'warning', 'info'] as const)
    .map((severity) => [report.findings.filter((finding) => finding.severity === severity).length, severity] as const)
    .filter(([count]) => count > 0)
    .map(([count, severity]) => countText(count, severity === 'info' ? 'note' : severity));
  const verdict = counts.length === 0 ? 'no findings' : counts.join(', ');
  const doubt = unknown === 0 ? '' : ` ${countText(unknown, 'statement')} could not be judged for certain.`;
  const basis = `for ${serverText(report.server)}, judged against ${report.context}`;
  const judged = `${countText(statements.length, 'statement')} in ${countText(report.files.length, 'file')}`;
  return `${paint.bold(`${judged} ${basis}: ${verdict}.`)}${doubt}`;
}
