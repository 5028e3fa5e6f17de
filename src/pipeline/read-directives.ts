import { DIRECTIVE_WORD, type Directive, readDirective } from '../lint/directive.ts';
import { partOfSpan, type Span } from '../model/span.ts';
import type { Statement } from '../model/statement.ts';
import { type SqlComment, scanComments } from '../sql/postgres/token.ts';

/** A directive with its place, and what it is about. */
export interface PlacedDirective {
  readonly directive: Directive;
  readonly span: Span;
  readonly comment: string;
  /** Where the statement starts, UTF-16 offset in the file; null for the whole file. */
  readonly target: number | null;
}

/** A comment that accepts nothing, and why: one sentence. */
export interface MisreadDirective {
  readonly why: string;
  readonly span: Span;
  readonly comment: string;
}

export interface DirectivesOfFile {
  readonly directives: readonly PlacedDirective[];
  readonly misread: readonly MisreadDirective[];
}

const NONE: DirectivesOfFile = { directives: [], misread: [] };
const FILE_START: Span = { line: 1, column: 1, endLine: 1, endColumn: 1, startOffset: 0, endOffset: 0 };

/**
 * The comments of a file that accept findings. One is meant for the statement after it, or for the one before it on the
 * same line. Only what stands between statements is scanned, and only where the word occurs.
 *
 * @param text the whole file, in which the spans of `statements` count.
 */
export function readDirectives(
  text: string,
  statements: readonly Statement[],
  knownRules: readonly string[],
): DirectivesOfFile {
  if (!text.includes(DIRECTIVE_WORD)) return NONE;
  const directives: PlacedDirective[] = [];
  const misread: MisreadDirective[] = [];
  for (const { comment, before, after, isInside } of commentsOf(text, statements)) {
    const read = readDirective(comment.text, knownRules);
    if (read === null) continue;
    const place = { span: partOfSpan(FILE_START, text, comment.start, comment.end), comment: comment.text };
    if (read.kind === 'broken') {
      misread.push({ ...place, why: read.why });
      continue;
    }
    for (const why of read.unknown) misread.push({ ...place, why });
    const onSameLine = before !== null && !/[\r\n]/.test(text.slice(before.span.endOffset, comment.start));
    const target = onSameLine ? before : after;
    if (read.scope === 'file') directives.push({ ...place, directive: read, target: null });
    else if (isInside) misread.push({ ...place, why: 'It stands inside a statement; it is read before a statement.' });
    else if (target === null) misread.push({ ...place, why: 'No statement follows it.' });
    else directives.push({ ...place, directive: read, target: target.span.startOffset });
  }
  return { directives, misread };
}

interface FoundComment {
  /** With offsets in the file. */
  readonly comment: SqlComment;
  readonly before: Statement | null;
  readonly after: Statement | null;
  readonly isInside: boolean;
}

/** The comments of every stretch, between statements and inside them, that holds the word at all. */
function commentsOf(text: string, statements: readonly Statement[]): readonly FoundComment[] {
  const found: FoundComment[] = [];
  let before: Statement | null = null;
  const look = (start: number, end: number, after: Statement | null, isInside: boolean): void => {
    const stretch = text.slice(start, end);
    if (!stretch.includes(DIRECTIVE_WORD)) return;
    for (const comment of scanComments(stretch)) {
      const moved = { text: comment.text, start: start + comment.start, end: start + comment.end };
      found.push({ comment: moved, before, after, isInside });
    }
  };
  for (const statement of statements) {
    look(before?.span.endOffset ?? 0, statement.span.startOffset, statement, false);
    look(statement.span.startOffset, statement.span.endOffset, null, true);
    before = statement;
  }
  look(before?.span.endOffset ?? 0, text.length, null, false);
  return found;
}
