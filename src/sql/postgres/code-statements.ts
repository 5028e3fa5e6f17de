import { type Node, parsePlPgSQLSync, parseSync } from 'libpg-query';
import type { Action, CodeStatements } from '../../model/action.ts';
import type { StatementSource } from './statement-source.ts';
import { statementSource } from './statement-source.ts';
import { textPositions } from './text-positions.ts';

/** How a statement's tree becomes an action. */
export type ReadAction = (statement: Node, source: StatementSource) => Action;

const NOTHING_CERTAIN: CodeStatements = { statements: [], isCertain: false };

/**
 * The SQL inside a block of code. Of PL/pgSQL: static statements and queries, constant strings that are executed, in
 * every branch, loop and handler. Expressions are looked into for sub-selects by way of SELECT.
 *
 * @param readAction how a statement becomes an action; handed in, as it is what calls this.
 */
export function codeStatements(language: string, body: string, readAction: ReadAction): CodeStatements {
  if (language === 'sql') return sqlStatements(body, readAction) ?? NOTHING_CERTAIN;
  if (language !== 'plpgsql') return NOTHING_CERTAIN;
  const block = plpgsqlBlock(body);
  if (block === null) return NOTHING_CERTAIN;
  const found: CodePart[] = [];
  collect(block, '', true, found);
  const statements: Action[] = [];
  let isCertain = true;
  const hasDynamicSql = found.some((part) => part.sql === null);
  const endsTransaction = found.some((part) => part.sql === ENDS_TRANSACTION);
  for (const part of found) {
    if (!part.isCertain) isCertain = false;
    const read = part.sql === null ? null : sqlStatements(part.sql, readAction);
    if (read === null) isCertain = false;
    else statements.push(...read.statements.filter(isOfInterest));
  }
  return {
    statements,
    isCertain,
    ...(hasDynamicSql ? { hasDynamicSql } : {}),
    ...(endsTransaction ? { endsTransaction } : {}),
  };
}

/** An expression like `x + 1` becomes a SELECT over nothing. */
function isOfInterest(action: Action): boolean {
  if (action.kind !== 'dml') return true;
  const { reads, writes, sequences = [], query } = action;
  return reads.length + writes.length + sequences.length + (query?.functions.length ?? 0) > 0;
}

function sqlStatements(sql: string, readAction: ReadAction): CodeStatements | null {
  try {
    const positions = textPositions(sql);
    const statements = (parseSync(sql).stmts ?? []).flatMap(
      ({ stmt, stmt_location: location = 0, stmt_len: length }) => {
        if (stmt === undefined) return [];
        const start = positions.offsetOfByte(location);
        const end = length === undefined ? sql.length : positions.offsetOfByte(location + length);
        const source = statementSource(sql.slice(start, end), (place) => positions.offsetOfByte(place) - start);
        return [readAction(stmt, source)];
      },
    );
    return { statements, isCertain: true };
  } catch {
    // What the grammar does not take alone, or what refers to variables in a way that it does not.
    return null;
  }
}

/** The tree of PL/pgSQL has no types of its own in the parser's package. */
type PlTree = Readonly<Record<string, unknown>>;

/** What a body may be the body of: the parser wants to know what RETURN answers. */
const WRAPPERS = [
  (body: string) => `DO ${body}`,
  (body: string) => `CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS ${body}`,
  (body: string) => `CREATE FUNCTION f() RETURNS text LANGUAGE plpgsql AS ${body}`,
  (body: string) => `CREATE FUNCTION f() RETURNS SETOF record LANGUAGE plpgsql AS ${body}`,
];

function plpgsqlBlock(body: string): PlTree | null {
  const quote = dollarQuote(body);
  for (const wrap of WRAPPERS) {
    try {
      const parsed = parsePlPgSQLSync(wrap(`${quote}${body}${quote}`)) as unknown as {
        readonly plpgsql_funcs?: readonly PlTree[];
      };
      const [block] = parsed.plpgsql_funcs ?? [];
      return (block?.['PLpgSQL_function'] as PlTree | undefined) ?? null;
    } catch {
      // The next one may fit; a body that sets its arguments fits none.
    }
  }
  return null;
}

function dollarQuote(body: string): string {
  for (let count = 0; ; count += 1) {
    const quote = `$code${count}$`;
    if (!body.includes(quote)) return quote;
  }
}

/** Stands for COMMIT and ROLLBACK of PL/pgSQL: no statement comes of it. */
const ENDS_TRANSACTION = '/* ends the transaction */';

interface CodePart {
  /** null for what cannot be read: a string that is put together at run time. */
  readonly sql: string | null;
  readonly isCertain: boolean;
}

/** Bodies that may run not at all, or more than once. */
const OPEN_ENDED: ReadonlySet<string> = new Set([
  'then_body',
  'else_body',
  'elsif_list',
  'exceptions',
  'PLpgSQL_stmt_loop',
  'PLpgSQL_stmt_while',
  'PLpgSQL_stmt_fori',
  'PLpgSQL_stmt_foreach_a',
  'PLpgSQL_stmt_case',
]);

/** RAISE EXCEPTION, in the numbers of the server's elog.h. */
const ERROR_LEVEL = 20;

/** Whether what follows may not run. The parser puts a RETURN at the end of every block. */
function mayEnd(name: string, fields: PlTree, isCertain: boolean): boolean {
  if (name === 'PLpgSQL_stmt_raise') return Number(fields['elog_level'] ?? ERROR_LEVEL) >= ERROR_LEVEL;
  return name === 'PLpgSQL_stmt_exit' || (name === 'PLpgSQL_stmt_return' && !isCertain);
}

function collect(tree: unknown, name: string, isCertain: boolean, found: CodePart[]): void {
  if (Array.isArray(tree)) {
    for (const one of tree) collect(one, name, isCertain, found);
    return;
  }
  if (typeof tree !== 'object' || tree === null) return;
  const fields = tree as PlTree;
  if (name === 'PLpgSQL_expr') {
    found.push(partOf(fields, isCertain));
    return;
  }
  if (name === 'PLpgSQL_stmt_dynexecute' || name === 'PLpgSQL_stmt_dynfors') {
    found.push(executedPart(fields, isCertain));
    const { query: _query, ...rest } = fields;
    for (const [field, child] of Object.entries(rest)) collect(child, field, isCertain && field !== 'body', found);
    return;
  }
  if (name === 'PLpgSQL_stmt_commit' || name === 'PLpgSQL_stmt_rollback') {
    found.push({ sql: ENDS_TRANSACTION, isCertain });
  }
  if (mayEnd(name, fields, isCertain)) found.push({ sql: '', isCertain: false });
  for (const [field, child] of Object.entries(fields)) {
    const stays = !OPEN_ENDED.has(field) && !(name === 'PLpgSQL_stmt_fors' && field === 'body');
    collect(child, field, isCertain && stays, found);
  }
}

/** How the text of an expression is to be parsed (RawParseMode in the server's parser.h). */
const EXPRESSION_MODE = 2;
const ASSIGNMENT_MODES: readonly unknown[] = [3, 4, 5];

function partOf(expression: PlTree, isCertain: boolean): CodePart {
  const text = String(expression['query'] ?? '');
  if (expression['parseMode'] === EXPRESSION_MODE) return { sql: `SELECT ${text}`, isCertain };
  if (!ASSIGNMENT_MODES.includes(expression['parseMode'])) return { sql: text, isCertain };
  return { sql: `SELECT ${text.replace(/^[^=]*?:?=/s, '')}`, isCertain };
}

/** EXECUTE of a constant string says what it runs. */
function executedPart(fields: PlTree, isCertain: boolean): CodePart {
  const query = (fields['query'] as PlTree | undefined)?.['PLpgSQL_expr'] as PlTree | undefined;
  const constant = /^\s*'((?:[^']|'')*)'\s*$/.exec(String(query?.['query'] ?? ''));
  return constant === null
    ? { sql: null, isCertain: false }
    : { sql: (constant[1] ?? '').replaceAll("''", "'"), isCertain };
}
