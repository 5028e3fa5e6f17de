import type { Finding } from '../model/finding.ts';
import type { InputProblem } from '../model/input-problem.ts';
import type { CheckReport } from '../model/report.ts';
import type { Span } from '../model/span.ts';
import { wrapText } from '../model/wrap-text.ts';
import { summaryNotes, summarySentence } from './check-summary.ts';
import { findingsInOrder } from './findings-in-order.ts';
import { lockText, workTexts } from './lock-text.ts';
import type { Paint } from './paint.ts';
import { printableText } from './printable-text.ts';
import { problemConsequences } from './problem-consequences.ts';
import { countText } from './quantity-text.ts';
import { sourceExcerpt } from './source-excerpt.ts';
import { tracedStatementsText, traceText } from './traced-text.ts';
import { LINE_WIDTH, labelled } from './wrap-text.ts';

const INDENT = '  ';
const LABEL_WIDTH = 10;
/** Notes of one rule that are listed; they are many, and JSON has them all. */
const NOTES_SHOWN = 10;

/**
 * The findings for people: errors and warnings in the order of the files, each with the lines it is about, its
 * consequence, its reason and the safe way; then the notes, a line or two each; then the files that could not be read.
 */
export function checkText(report: CheckReport, paint: Paint): string {
  const findings = findingsInOrder(report);
  const grave = findings.filter(({ severity }) => severity !== 'info');
  const notes = findings.filter(({ severity }) => severity === 'info');
  const texts = new Map(report.files.map(({ path, text }) => [path, text]));
  const blocks = grave.map((finding, index) =>
    findingText(finding, { previous: grave[index - 1], text: texts.get(finding.path) ?? '', paint }),
  );
  if (notes.length > 0) blocks.push(notesText(report, notes, paint));
  blocks.push(...report.problems.map((problem) => problemText(problem, paint)));
  blocks.push(...tracedStatementsText(report, paint));
  const trace = traceText(report, paint);
  if (trace !== null) blocks.push(trace);
  return `${[...blocks, summaryText(report, paint)].join('\n\n')}\n`;
}

interface FindingContext {
  /** The finding above it. */
  readonly previous: Finding | undefined;
  /** Of its file. */
  readonly text: string;
  readonly paint: Paint;
}

function findingText(finding: Finding, { previous, text, paint }: FindingContext): string {
  const isSameStatement = previous?.path === finding.path && previous.span.startOffset === finding.span.startOffset;
  const isSamePlace = isSameStatement && previous.focus.startOffset === finding.focus.startOffset;
  const style = finding.severity === 'error' ? paint.red : paint.yellow;
  const { path: where, focus, severity, title, rule } = finding;
  const head = headText({ path: where, place: focus, kind: severity, title, rule }, style, paint);
  const excerpt = isSamePlace
    ? []
    : sourceExcerpt(text, finding.focus, finding.span, { paint, mark: style, indent: INDENT });
  return [
    head,
    ...excerpt,
    ...(isSameStatement ? [] : factRows(finding)),
    row('so', finding.consequence),
    ...(isSameStatement ? [] : reasonRows(finding)),
    row('safe way', finding.remedy),
    // The same command answers for all findings of one statement.
    ...(isSameStatement && previous.nextCommand === finding.nextCommand ? [] : [nextRow(finding.nextCommand, paint)]),
  ].join('\n');
}

/** Something that stands at a place, with its title and the rule that says it. */
interface Headline {
  readonly path: string;
  readonly place: Span;
  readonly kind: string;
  readonly title: string;
  readonly rule: string | null;
}

/** `place  kind  title [rule]`, going on in the next line where it is long. */
function headText(headline: Headline, style: (text: string) => string, paint: Paint): string {
  const { place, kind, rule } = headline;
  const where = `${printableText(headline.path)}:${place.line}:${place.column}`;
  const rest = `${printableText(headline.title)}${rule === null ? '' : ` [${rule}]`}`;
  const lines = wrapAfter(where.length + kind.length + 4, rest, INDENT.repeat(2));
  return `${paint.bold(where)}  ${style(kind)}  ${lines.replace(`[${rule}]`, paint.dim(`[${rule}]`))}`;
}

/** Wraps text that goes on a line of which so many columns are taken. */
function wrapAfter(taken: number, text: string, indent: string): string {
  // wrapText counts the indent in every line; the first one has none.
  const width = taken - indent.length;
  return wrapText(`${'x'.repeat(width - 1)} ${text}`, LINE_WIDTH, indent)
    .join('\n')
    .slice(width);
}

function row(label: string, text: string): string {
  return labelled(label, printableText(text), INDENT, LABEL_WIDTH);
}

function nextRow(command: string, paint: Paint): string {
  return `${INDENT}${'next'.padEnd(LABEL_WIDTH)}${paint.cyan(printableText(command))}`;
}

function factRows({ facts }: Finding): readonly string[] {
  return [
    ...facts.locks.map((lock) => row('locks', lockText(lock))),
    ...workTexts(facts).map((text) => row('work', text)),
    ...(facts.transaction === 'outside-only' ? [row('runs', 'only outside a transaction')] : []),
    ...(facts.failure === null ? [] : [row('fails', `${facts.failure.reason} (SQLSTATE ${facts.failure.sqlstate})`)]),
    ...facts.losses.map((loss) => row('loses', loss)),
    ...facts.breaks.map((broken) => row('breaks', broken.sentence)),
  ];
}

function reasonRows({ facts, consequence }: Finding): readonly string[] {
  return [
    ...(facts.certainty === 'unknown' ? [row('certainty', 'unknown')] : []),
    ...facts.because.filter((sentence) => sentence !== consequence).map((sentence) => row('why', sentence)),
  ];
}

function notesText(report: CheckReport, notes: readonly Finding[], paint: Paint): string {
  const lines = [`${paint.bold('Notes')} ${paint.dim('(evenkeel rules <rule> says more)')}`];
  const shown = new Map<string, number>();
  for (const note of notes) {
    const count = (shown.get(note.rule) ?? 0) + 1;
    shown.set(note.rule, count);
    if (count <= NOTES_SHOWN) lines.push(noteText(report, note, paint));
  }
  for (const [rule, count] of shown) {
    if (count > NOTES_SHOWN)
      lines.push(`${INDENT}${paint.dim(`and ${countText(count - NOTES_SHOWN, 'more note')} [${rule}]`)}`);
  }
  return lines.join('\n');
}

/** A note that would be graver by its rule says why it is none. */
function noteText(report: CheckReport, note: Finding, paint: Paint): string {
  const place = `${printableText(note.path)}:${note.focus.line}:${note.focus.column}`;
  const isMilder = report.rules.some(({ id, severity }) => id === note.rule && severity !== 'info');
  const sentence = printableText(`${note.title}${isMilder ? ` ${note.consequence}` : ''} [${note.rule}]`);
  const lines = wrapAfter(INDENT.length + place.length + 2, sentence, INDENT.repeat(2));
  return `${INDENT}${paint.green(place)}  ${lines.replace(`[${note.rule}]`, paint.dim(`[${note.rule}]`))}`;
}

function problemText(problem: InputProblem, paint: Paint): string {
  const { line, column } = problem;
  const span: Span = { line, column, endLine: line, endColumn: column, startOffset: 0, endOffset: 0 };
  const offset = problem.text === null ? 0 : offsetOf(problem.text, line, column);
  const at: Span = { ...span, startOffset: offset, endOffset: offset + 1 };
  const excerpt =
    problem.text === null ? [] : sourceExcerpt(problem.text, at, at, { paint, mark: paint.red, indent: INDENT });
  return [
    headText(
      { path: problem.path, place: span, kind: 'unreadable', title: problem.message, rule: null },
      paint.red,
      paint,
    ),
    ...excerpt,
    ...problemConsequences(problem).map((sentence, index) => row(index === 0 ? 'so' : 'why', sentence)),
    nextRow(problem.nextCommand, paint),
  ].join('\n');
}

/** UTF-16 offset of a line and column, both from 1. */
function offsetOf(text: string, line: number, column: number): number {
  let at = 1;
  let start = 0;
  for (const match of text.matchAll(/\r\n|\n|\r/g)) {
    if (at === line) break;
    at += 1;
    start = match.index + match[0].length;
  }
  return Math.min(text.length, start + column - 1);
}

function summaryText(report: CheckReport, paint: Paint): string {
  const [first = [], ...rest] = [summarySentence(report), ...summaryNotes(report)].map((sentence) =>
    wrapText(printableText(sentence), LINE_WIDTH, ''),
  );
  return [...first.map((line) => paint.bold(line)), ...rest.flat()].join('\n');
}
