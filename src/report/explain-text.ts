import type { ExplainReport, JudgedStatement } from '../model/report.ts';
import { lockText, workTexts } from './lock-text.ts';
import type { Paint } from './paint.ts';
import { serverText } from './server-text.ts';
import { tracedRows, traceText } from './traced-text.ts';
import { labelled, shortSql } from './wrap-text.ts';

const INDENT = '    ';
const LABEL_WIDTH = 10;

/** The facts for people: statement by statement, without an opinion. */
export function explainText(report: ExplainReport, paint: Paint): string {
  const files = report.files.map((file) => {
    const statements = file.statements.map((statement) => statementText(statement, paint));
    const body = statements.length === 0 ? [`${INDENT}no statements`] : statements;
    return [paint.bold(file.path), ...body].join('\n');
  });
  const trace = traceText(report, paint);
  return `${[paint.bold(serverText(report.server)), ...files, ...(trace === null ? [] : [trace])].join('\n\n')}\n`;
}

function statementText(statement: JudgedStatement, paint: Paint): string {
  const { facts } = statement;
  const row = (label: string, text: string): string => labelled(label, text, INDENT, LABEL_WIDTH);
  const locks = facts.locks.length === 0 ? ['nothing that existed before'] : facts.locks.map(lockText);
  return [
    `  ${statement.span.line}: ${paint.cyan(facts.kind)} ${shortSql(statement.sql, 90)}`,
    ...(facts.certainty === 'unknown' && facts.locks.length === 0 ? ['not known'] : locks).map((text) =>
      row('locks', text),
    ),
    ...workTexts(facts).map((text) => row('work', text)),
    ...(statement.estimate === undefined ? [] : [row('takes', statement.estimate.sentence)]),
    ...(facts.transaction === 'outside-only' ? [row('runs', 'only outside a transaction')] : []),
    ...(facts.failure === null ? [] : [row('fails', `${facts.failure.reason} (SQLSTATE ${facts.failure.sqlstate})`)]),
    ...facts.losses.map((loss) => row('loses', loss)),
    ...facts.breaks.map((broken) => row('breaks', broken.sentence)),
    row('certainty', facts.certainty),
    ...facts.because.map((sentence) => row('why', sentence)),
    ...tracedRows(statement, INDENT),
  ].join('\n');
}
