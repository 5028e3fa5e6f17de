import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { SqlSyntaxError } from '../../src/model/error.ts';
import { loadParser } from '../../src/sql/postgres/load-parser.ts';
import { parseStatements } from '../../src/sql/postgres/parse-statements.ts';
import { CORPUS_STATEMENTS, STATEMENT_CORPUS } from './statement-corpus.ts';

beforeAll(loadParser);

describe('splitting', () => {
  test.each(['', '  \n\t', ';', ';;\n;', '-- nothing', '/* nothing /* at */ all */\n-- é🎉'])(
    '%j holds nothing',
    (sql) => {
      expect(parseStatements(sql, 'x.sql')).toEqual([]);
    },
  );

  test('statements come without semicolons, and without comments before and after', () => {
    const sql = '/* 🎉 */ SELECT 1 -- one\n ; -- é\n\nSELECT /* in */ 2 -- last\n';
    expect(parseStatements(sql, 'x.sql').map((one) => one.sql)).toEqual(['SELECT 1', 'SELECT /* in */ 2']);
  });

  test("Drizzle's breakpoints are comments", () => {
    const sql =
      'CREATE TABLE a (b int);\n--> statement-breakpoint\nDROP TABLE a;--> statement-breakpoint\nDROP TABLE b';
    expect(parseStatements(sql, 'x.sql').map((one) => one.sql)).toEqual([
      'CREATE TABLE a (b int)',
      'DROP TABLE a',
      'DROP TABLE b',
    ]);
  });

  test('semicolons in bodies, literals and names do not split', () => {
    const statements = [
      "DO $$ BEGIN RAISE NOTICE 'a;b'; END $$",
      'CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT 2; END',
      `INSERT INTO "a;b" VALUES ('c;d', E'e\\';f', $x$;$$;$x$)`,
    ];
    expect(parseStatements(statements.join(';'), 'x.sql').map((one) => one.sql)).toEqual(statements);
  });

  test.each([
    'SELECT 1 NOT -- why\n IN (1)',
    'ALTER TABLE t ADD COLUMN a timestamp with /* é🎉 */ time zone',
    'CREATE INDEX ON t (a NULLS /* c */ LAST)',
  ])('comments may stand where libpg-query alone would refuse them: %j', (sql) => {
    const [statement, next] = parseStatements(`-- é\n${sql};\nDROP TABLE a`, 'x.sql');
    expect(statement?.sql).toBe(sql);
    expect(next?.span.line).toBe(sql.includes('\n') ? 4 : 3);
    expect(statement?.action).toEqual(parseStatements(sql.replace(/ (--.*\n|\/\*.*\*\/)/, ''), 'x.sql')[0]?.action);
  });

  test('any statements with anything between them are the same statements at their places', () => {
    const gap = fc.array(
      fc.constantFrom(
        ' ',
        '\n',
        '\r\n',
        '\t',
        '-- é; 🎉\n',
        '/* 🎉 ; /* nested */ */',
        ';',
        '--> statement-breakpoint\n',
      ),
      { maxLength: 4 },
    );
    const statement = fc.oneof(
      fc.constantFrom(...CORPUS_STATEMENTS),
      fc
        .string({ unit: 'grapheme', maxLength: 12 })
        .map((text) => `SELECT '${text.replaceAll('\0', '').replaceAll("'", "''")}' AS "🎉"`),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(gap, statement), { maxLength: 6 }), gap, (parts, tail) => {
        const text = `${parts.map(([before, sql]) => `${before.join('')}${sql}`).join(';')}${parts.length > 0 ? ';' : ''}${tail.join('')}`;
        const found = parseStatements(text, 'x.sql');
        expect(found.map((one) => one.sql)).toEqual(parts.map(([, sql]) => sql));
        for (const [index, { sql, span, action }] of found.entries()) {
          expect(text.slice(span.startOffset, span.endOffset)).toBe(sql);
          expect(action).toEqual(parseStatements(parts[index]?.[1] ?? '', 'x.sql')[0]?.action);
          expect(offsetAt(text, span.line, span.column)).toBe(span.startOffset);
          expect(offsetAt(text, span.endLine, span.endColumn)).toBe(span.endOffset);
        }
      }),
      { numRuns: 300 },
    );
  });
});

/** The other way round, as an editor would do it. */
function offsetAt(text: string, line: number, column: number): number {
  const lines = text.split(/(?<=\r\n|\n|\r(?!\n))/);
  return lines.slice(0, line - 1).join('').length + column - 1;
}

describe('positions', () => {
  test('count lines from 1 and columns in UTF-16 units from 1', () => {
    const sql = "SELECT '🎉é';\r\n  -- ü\r\n  SELECT\r\n 2;";
    expect(parseStatements(sql, 'x.sql').map((one) => one.span)).toEqual([
      { line: 1, column: 1, endLine: 1, endColumn: 13, startOffset: 0, endOffset: 12 },
      { line: 3, column: 3, endLine: 4, endColumn: 3, startOffset: 25, endOffset: 35 },
    ]);
  });

  test('a byte order mark and lone surrogates keep their one unit', () => {
    const sql = "\uFEFFSELECT 1; SELECT '\uD83C'; SELECT 2";
    const statements = parseStatements(sql, 'x.sql');
    expect(statements.map((one) => one.sql)).toEqual(['SELECT 1', "SELECT '\uD83C'", 'SELECT 2']);
    expect(statements.map((one) => one.span.startOffset)).toEqual([1, 11, 23]);
  });
});

describe('broken SQL', () => {
  const errorOf = (sql: string): SqlSyntaxError => {
    try {
      parseStatements(sql, 'db/x.sql');
    } catch (error) {
      if (error instanceof SqlSyntaxError) return error;
      throw error;
    }
    throw new TypeError(`this parses: ${sql}`);
  };

  test('says where it stands, in UTF-16 units, and what to do next', () => {
    const error = errorOf("-- é🎉\r\nSELECT '🎉é', FROM t;");
    expect({ line: error.line, column: error.column, path: error.path }).toEqual({
      line: 2,
      column: 15,
      path: 'db/x.sql',
    });
    expect(error.message).toBe('db/x.sql:2:15: syntax error at or near "FROM"; the comma before it is one too many.');
    expect(error.nextCommand).toContain('db/x.sql:2:15');
    expect(error.cause).toBeInstanceOf(Error);
  });

  test.each([
    ['CREATE TABLE t (a int b int)', '1:23: syntax error at or near "b"; expected "," before it.'],
    ['CREATE TABLE t (a int,)', '1:23: syntax error at or near ")"; the comma before it is one too many.'],
    ['CREATE TABLE t (a int', '1:22: syntax error at end of input; expected ")" at the end.'],
    ['SELECT 1;\nSELECT (2;\nSELECT 3;', '2:10: syntax error at or near ";"; expected ")" at the end.'],
    ['DROP TABLE a\nDROP TABLE b;', '2:1: syntax error at or near "DROP"; expected ";" before it.'],
    ['ALTER TABLE t ADD COLUM a int', '1:27: syntax error at or near "int"; expected COLUMN instead of COLUM.'],
    ['CRAETE TABLE t (a int)', '1:1: syntax error at or near "CRAETE"; expected CREATE instead of CRAETE.'],
    [
      'CREATE TABLE user (id int)',
      '1:14: syntax error at or near "user"; user is a reserved word; as a name it has to be quoted: "user".',
    ],
    ['nonsense here', '1:1: syntax error at or near "nonsense".'],
    ["SELECT 'abc", `1:8: unterminated quoted string at or near "'abc".`],
    ['SELECT 1; /* abc', '1:11: unterminated /* comment at or near "/* abc".'],
    ['DO $x$ abc $$', '1:4: unterminated dollar-quoted string at or near "$x$ abc $$".'],
    ['SELECT 1;\n\\connect shop', '2:1: "\\connect" is a command of psql, not SQL; take the line out.'],
    [
      'COPY t FROM stdin;\n1\tone\n\\.\n',
      '2:1: rows for COPY ... FROM stdin stand here, which only psql can send; write them as INSERT or COPY them apart.',
    ],
  ])('%j', (sql, message) => {
    expect(errorOf(sql).message).toBe(`db/x.sql:${message}`);
  });

  test('a NUL is refused rather than taken for the end of the file', () => {
    expect(errorOf('SELECT 1;\nSELECT\0 2; DROP TABLE users')).toMatchObject({ line: 2, column: 7 });
  });

  test('the parser works on after an error', () => {
    errorOf('SELECT (');
    expect(parseStatements('SELECT 1', 'x.sql')).toHaveLength(1);
  });
});

describe('machine-written SQL', () => {
  const many = (count: number, write: (index: number) => string, separator: string): string =>
    Array.from({ length: count }, (_, index) => write(index)).join(separator);

  test.each([
    ['a long chain of operators', `ALTER TABLE t ADD CHECK (${many(4000, (i) => `a${i}`, ' + ')} > 0)`],
    ['a long chain of conditions', `DELETE FROM t WHERE ${many(20_000, (i) => `a = ${i}`, ' OR ')}`],
    ['many rows', `INSERT INTO t VALUES ${many(20_000, (i) => `(${i}, 'x')`, ', ')}`],
    ['deep brackets', `ALTER TABLE t ALTER a SET DEFAULT ${'('.repeat(3000)}1${')'.repeat(3000)}`],
    ['many columns', `CREATE TABLE t (${many(1600, (i) => `c${i} int DEFAULT ${i} NOT NULL`, ', ')})`],
  ])('%s', (_name, sql) => {
    expect(parseStatements(sql, 'x.sql')[0]?.action.kind).not.toBe('opaque');
  });

  test('what is nested deeper than the parser can go is an error, not a crash', () => {
    expect(() => parseStatements(`SELECT ${many(60_000, (i) => `a${i}`, ' || ')}`, 'x.sql')).toThrow(SqlSyntaxError);
    expect(parseStatements('SELECT 1', 'x.sql')).toHaveLength(1);
  });
});

test.each(Object.entries(STATEMENT_CORPUS))('the corpus: %s', (kind, statements) => {
  expect(statements.length).toBeGreaterThan(0);
  for (const sql of statements) {
    const found = parseStatements(sql, 'x.sql');
    expect(found.map((one) => [one.sql, one.action.kind])).toEqual([[sql, kind]]);
  }
});
