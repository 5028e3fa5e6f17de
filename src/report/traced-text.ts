import type { StatementFacts } from '../model/facts.ts';
import type { CheckReport, ExplainReport, JudgedStatement } from '../model/report.ts';
import type { TracedStatement } from '../model/traced-statement.ts';
import { wrapText } from '../model/wrap-text.ts';
import { lockText, workTexts } from './lock-text.ts';
import type { Paint } from './paint.ts';
import { printableText } from './printable-text.ts';
import { countText } from './quantity-text.ts';
import { LINE_WIDTH, labelled, shortSql } from './wrap-text.ts';

const LABEL_WIDTH = 10;

/** How often a trace came to each verdict. */
export interface TraceCounts {
  readonly asDerived: number;
  readonly wrong: number;
  readonly settled: number;
  readonly notCompared: number;
}

/** @returns counts over all statements that were traced. */
export function traceCounts(statements: readonly JudgedStatement[]): TraceCounts {
  const count = (verdict: TracedStatement['verdict']): number =>
    statements.filter(({ traced }) => traced?.verdict === verdict).length;
  return {
    asDerived: count('as-derived'),
    wrong: count('wrong'),
    settled: count('settled'),
    notCompared: count('not-compared'),
  };
}

/** What the trace says of one statement, a phrase a line: only what differs, or `as derived`. */
export function tracedTexts(traced: TracedStatement, facts: StatementFacts): readonly string[] {
  const { verdict, error, disagreements, notes } = traced;
  const refused = error === null ? [] : [`refused: ${error.message} (SQLSTATE ${error.sqlstate})`];
  switch (verdict) {
    case 'as-derived':
      if (error === null) return ['as derived', ...notes];
      return [...(facts.failure === null ? refused : ['refused, as derived']), ...notes];
    case 'wrong':
      return [
        ...disagreements.map((one) => `not as derived: ${one}`),
        ...notes,
        'Evenkeel is wrong here: please report it, with the statement and the tables that it names.',
      ];
    case 'settled':
      return ['settles what was not known:', ...(error === null ? outcomeTexts(traced) : refused), ...notes];
    case 'not-compared':
      return ['not compared', ...refused, ...notes];
  }
}

function outcomeTexts(traced: TracedStatement): readonly string[] {
  const locks = traced.locks.length === 0 ? ['locks nothing that existed before'] : traced.locks.map(lockText);
  return [
    ...locks,
    ...workTexts(traced),
    ...(traced.transaction === 'outside-only' ? ['runs only outside a transaction'] : []),
  ];
}

/** The rows of one statement. */
export function tracedRows(statement: JudgedStatement, indent: string): readonly string[] {
  const { traced, facts } = statement;
  if (traced === undefined) return [];
  return tracedTexts(traced, facts).map((text, index) =>
    labelled(index === 0 ? 'traced' : '', printableText(text), indent, LABEL_WIDTH),
  );
}

/** What was traced, what came of it, and what the trace cannot tell; null without one. */
export function traceText(report: CheckReport | ExplainReport, paint: Paint): string | null {
  const { trace } = report;
  if (trace === undefined) return null;
  const statements = report.files.flatMap((file) => file.statements);
  const counts = traceCounts(statements);
  const verdicts = [
    `${counts.asDerived} as derived`,
    ...(counts.wrong > 0 ? [`${counts.wrong} not as derived`] : []),
    ...(counts.settled > 0 ? [`${counts.settled} settled`] : []),
    ...(counts.notCompared > 0 ? [`${counts.notCompared} not compared`] : []),
  ].join(', ');
  const head = `Traced on PostgreSQL ${trace.serverVersion}: ${countText(statements.length, 'statement')}, ${verdicts}.`;
  const notes = trace.notes.flatMap((note) => wrapText(printableText(note), LINE_WIDTH, ''));
  return [counts.wrong > 0 ? paint.red(head) : paint.bold(head), ...notes].join('\n');
}

/** The statements of which the trace has something to tell, with it; nothing when all went as derived. */
export function tracedStatementsText(report: CheckReport, paint: Paint): readonly string[] {
  return report.files.flatMap((file) =>
    file.statements.flatMap((statement) => {
      const { traced, span, sql } = statement;
      if (traced === undefined || isPlain(traced)) return [];
      const style = traced.verdict === 'wrong' ? paint.red : paint.cyan;
      const place = paint.bold(`${printableText(file.path)}:${span.line}:${span.column}`);
      return [[`${place}  ${style('trace')}  ${shortSql(sql, 70)}`, ...tracedRows(statement, '  ')].join('\n')];
    }),
  );
}

/** All of that, for formats that have no place for it; null without a trace. */
export function traceBlocks(report: CheckReport, paint: Paint): string | null {
  const text = traceText(report, paint);
  return text === null ? null : `${[...tracedStatementsText(report, paint), text].join('\n\n')}\n`;
}

function isPlain({ verdict, error, notes }: TracedStatement): boolean {
  return verdict === 'as-derived' && error === null && notes.length === 0;
}
