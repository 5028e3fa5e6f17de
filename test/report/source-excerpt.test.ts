import { describe, expect, test } from 'vitest';
import { partOfSpan, type Span } from '../../src/model/span.ts';
import { displayWidth } from '../../src/report/display-width.ts';
import { PLAIN_PAINT } from '../../src/report/paint.ts';
import { renderReport } from '../../src/report/reporters.ts';
import { sourceExcerpt } from '../../src/report/source-excerpt.ts';
import { fullCheck, savedCheck } from './saved-reports.ts';

const FILE: Span = { line: 1, column: 1, endLine: 1, endColumn: 1, startOffset: 0, endOffset: 0 };

/** Where a part of a text stands. */
function spanOf(text: string, part: string): Span {
  const start = text.indexOf(part);
  return partOfSpan(FILE, text, start, start + part.length);
}

function excerpt(text: string, focus: string, statement = focus): string {
  const options = { paint: PLAIN_PAINT, mark: (carets: string) => carets, indent: '' };
  return `\n${sourceExcerpt(text, spanOf(text, focus), spanOf(text, statement), options).join('\n')}\n`;
}

describe('carets stand under the part that matters', () => {
  test('in one line', () => {
    expect(excerpt('SELECT 1;\n  DROP TABLE a; SELECT 2;', 'DROP TABLE a')).toBe(`
2 |   DROP TABLE a; SELECT 2;
  |   ^^^^^^^^^^^^
`);
  });

  test('of a statement that begins further up', () => {
    expect(excerpt('ALTER TABLE a\n  ADD x int,\n\tDROP y;', 'DROP y', 'ALTER TABLE a\n  ADD x int,\n\tDROP y')).toBe(`
1 | ALTER TABLE a
...
3 |   DROP y;
  |   ^^^^^^
`);
    expect(excerpt('ALTER TABLE a\n  DROP y;', 'DROP y', 'ALTER TABLE a\n  DROP y')).toBe(`
1 | ALTER TABLE a
2 |   DROP y;
  |   ^^^^^^
`);
  });

  test('with CRLF, tabs, letters of two columns and combining marks', () => {
    expect(
      excerpt('SELECT 1;\r\n\tSELECT \'価格😀e\u0301\';\tDROP TABLE "größe";\r\nSELECT 3;', 'DROP TABLE "größe"'),
    ).toBe(`
2 |   SELECT '価格😀e\u0301';  DROP TABLE "größe";
  |                      ^^^^^^^^^^^^^^^^^^
`);
  });

  test('over several lines, the first of them marked', () => {
    const five = 'CREATE TABLE a (\n  b int,\n  c int,\n  d int,\n  e int\n)';
    expect(excerpt(`${five};\n`, five)).toBe(`
1 | CREATE TABLE a (
  | ^^^^^^^^^^^^^^^^
2 |   b int,
3 |   c int,
4 |   d int,
...
`);
    expect(excerpt('DROP TABLE\r\n  a;\r\n', 'DROP TABLE\r\n  a')).toBe(`
1 | DROP TABLE
  | ^^^^^^^^^^
2 |   a;
`);
  });

  test('in a line of any length, which is cut to the width of a report', () => {
    const long = `${'SELECT 1; '.repeat(100_000)}DROP TABLE a; ${'SELECT 2; '.repeat(100_000)}`;
    const [line = '', carets = ''] = excerpt(long, 'DROP TABLE a').trim().split('\n');
    expect(line).toMatch(/^1 \| \.\.\. ?(SELECT 1; )+DROP TABLE a; (SELECT 2; )+SEL\w*\.\.\.$/);
    expect(line.length).toBeLessThanOrEqual(110);
    expect(carets.indexOf('^')).toBe(line.indexOf('DROP'));
    expect(carets.match(/\^/g)).toHaveLength(12);
    const wide = excerpt(`SELECT '${'価'.repeat(200)}';`, `SELECT '${'価'.repeat(200)}'`).split('\n');
    for (const row of wide) expect(displayWidth(row)).toBeLessThanOrEqual(110);
  });

  test('what could steer the terminal is not printed', () => {
    const text = 'SELECT \'\u001b[2J\u0007\u202e\' FROM "\u009b31m";';
    expect(excerpt(text, text.slice(0, -1))).toMatch(/SELECT '\ufffd\[2J\ufffd\ufffd' FROM "\ufffd31m";/);
  });

  test('at the end of a file there may be nothing to mark', () => {
    const at: Span = { line: 2, column: 1, endLine: 2, endColumn: 1, startOffset: 9, endOffset: 9 };
    const options = { paint: PLAIN_PAINT, mark: (carets: string) => carets, indent: '  ' };
    expect(sourceExcerpt('SELECT (\n', at, at, options)).toEqual(['  2 |', '    | ^']);
  });
});

test('the whole report keeps to its width and shows everything', () => {
  const { output } = renderReport(fullCheck, 'text');
  for (const line of output.split('\n')) expect(displayWidth(line)).toBeLessThanOrEqual(110);
  expect(output).toMatchInlineSnapshot(`
    "drizzle/0002_order_public_id.sql:1:1  error  Adding a column with a volatile default rewrites public.orders.
        [rewrite-volatile-default]
      1 | ALTER TABLE "orders" ADD COLUMN "public_id" uuid DEFAULT gen_random_uuid() NOT NULL;
        | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      locks     ACCESS EXCLUSIVE on public.orders (reads and writes wait)
      work      rewrites public.orders
      so        Every reader and writer of public.orders waits behind it for as long as the rewrite takes, and
                everybody who comes later queues behind them.
      why       A volatile default has to be computed for every row (measured on 18.4).
      safe way  Add the column without a default, set the default for new rows, and fill the old ones in batches.
      next      evenkeel plan drizzle/0002_order_public_id.sql

    Notes (evenkeel rules <rule> says more)
      drizzle/0010_drop_legacy_code.sql:5:1  A statement that cannot be judged. [unknown-statement]

    drizzle/0011_broken.sql:2:13  unreadable  syntax error at or near "NUL"; expected NULL instead of NUL.
      2 |   x int NOT NUL
        |             ^
      so        Nothing in this file is judged, and the files after it are judged without what it does.
      why       Evenkeel reads SQL as PostgreSQL 18 does; what only a later version knows is beyond it.
      next      open drizzle/0011_broken.sql:2:13, mend it, and run the same command again

    drizzle/0012_größe, 100%.sql:3:7  unreadable  The file is not valid UTF-8, so its SQL cannot be read without
        guessing.
      so        Nothing in this file is judged, and the files after it are judged without what it does.
      next      save it as UTF-8, then run the same command again

    4 statements in 2 files for PostgreSQL 18, judged against replayed migrations: 2 files could not be read; 1
    error, 1 note.
    1 statement could not be judged for certain.
    1 finding accepted by comments.
    0 findings accepted by evenkeel.baseline.json.
    2 entries of it are not found any more; --write-baseline evenkeel.baseline.json writes it anew.
    9 files unchanged since main were replayed, not judged.
    "
  `);
});

test('findings of one statement tell its facts once', () => {
  const [drop] = savedCheck.findings;
  const report = { ...savedCheck, findings: drop === undefined ? [] : [drop, { ...drop, rule: 'second' }] };
  const { output } = renderReport(report, 'text');
  expect(output.match(/ {2}locks /g)).toHaveLength(1);
  expect(output.match(/\^/g)?.length).toBe(45);
  expect(output).toMatch(/\[second\]\n {2}so {8}/);
});

test('notes of one rule are listed up to ten', () => {
  const note = savedCheck.findings.find(({ severity }) => severity === 'info');
  const findings = note === undefined ? [] : Array.from({ length: 13 }, () => note);
  const { output } = renderReport({ ...savedCheck, findings }, 'text');
  expect(output.match(/cannot be judged/g)).toHaveLength(10);
  expect(output).toContain('and 3 more notes [unknown-statement]');
});
