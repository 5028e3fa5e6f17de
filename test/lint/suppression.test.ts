import { beforeAll, describe, expect, test } from 'vitest';
import { applyStatement } from '../../src/catalog/apply-statement.ts';
import { emptyCatalog } from '../../src/catalog/empty-catalog.ts';
import type { CheckReport } from '../../src/model/report.ts';
import type { RuleSettings } from '../../src/model/rule-settings.ts';
import { check } from '../../src/pipeline/check.ts';
import { loadParser } from '../../src/sql/postgres/load-parser.ts';
import { parseStatements } from '../../src/sql/postgres/parse-statements.ts';

beforeAll(() => loadParser());

const SCHEMA = 'CREATE TABLE a (id int PRIMARY KEY, x int); CREATE TABLE b (id int PRIMARY KEY, x int);';

function checkSql(
  sql: string,
  settings: RuleSettings = {},
  more: Partial<Parameters<typeof check>[0]> = {},
): CheckReport {
  const catalog = parseStatements(SCHEMA, 'schema.sql').reduce(applyStatement, emptyCatalog(18));
  return check({
    migrations: [
      {
        migration: {
          id: 'x',
          path: 'x.sql',
          sql,
          checksum: '',
          format: 'sql',
          transaction: 'statement',
          foreignLedgerRow: null,
        },
        statements: parseStatements(sql, 'x.sql'),
      },
    ],
    catalog,
    version: { engine: 'postgresql', major: 18 },
    timeZone: 'UTC',
    catalogIsComplete: true,
    context: 'a schema',
    planCommand: 'evenkeel plan x.sql',
    settings,
    ...more,
  });
}

const found = (report: CheckReport): readonly string[] =>
  report.findings.map(({ rule, focus }) => `${rule} ${focus.line}:${focus.column}`);
const accepted = (report: CheckReport): readonly string[] =>
  report.suppressed.map(({ finding, by }) => `${finding.rule} ${by.kind === 'comment' ? by.reason : by.path}`);

const DROP_A = 'ALTER TABLE a DROP COLUMN x;\n';
const DROP_B = 'ALTER TABLE b DROP COLUMN x;\n';

describe('a comment with a reason', () => {
  test('accepts the findings of the next statement only', () => {
    const report = checkSql(`-- evenkeel-ignore data-loss: unused\n-- since March\n\n${DROP_A}${DROP_B}`);
    expect(found(report)).toEqual([
      'drop-column 4:1',
      'lock-queue 4:1',
      'drop-column 5:1',
      'data-loss 5:1',
      'lock-queue 5:1',
    ]);
    expect(accepted(report)).toEqual(['data-loss unused']);
    expect(report.suppressed[0]?.by).toEqual({ kind: 'comment', reason: 'unused', line: 1 });
  });

  test('behind a statement on its line accepts those of that statement', () => {
    const report = checkSql(
      `ALTER TABLE a\n  DROP COLUMN x; -- evenkeel-ignore data-loss, old-code-breaks, lock-queue: unused\n${DROP_B}`,
    );
    expect(found(report)).toEqual(['drop-column 3:1', 'data-loss 3:1', 'lock-queue 3:1']);
    expect(report.suppressed).toHaveLength(3);
  });

  test('for the file accepts them everywhere', () => {
    const report = checkSql(`${DROP_A}-- evenkeel-ignore-file data-loss: unused\n${DROP_B}`, { 'lock-queue': 'off' });
    expect(found(report)).toEqual(['drop-column 1:1', 'drop-column 3:1']);
    expect(accepted(report)).toEqual(['data-loss unused', 'data-loss unused']);
  });

  test('several lines of comments before one statement are all heard', () => {
    const report = checkSql(
      `-- evenkeel-ignore data-loss: one\n-- evenkeel-ignore old-code-breaks: two\n/* more */ ${DROP_A}`,
    );
    expect(accepted(report)).toEqual(['drop-column two', 'data-loss one']);
  });

  test('also with CRLF, tabs and letters outside ASCII', () => {
    const report = checkSql(
      `-- größe 😀\r\n\t-- evenkeel-ignore data-loss, old-code-breaks, lock-queue: überflüssig 😀\r\n\t${DROP_A}`,
    );
    expect(found(report)).toEqual([]);
    expect(accepted(report)).toHaveLength(3);
  });
});

describe('what is no comment', () => {
  test.each([
    `COMMENT ON TABLE a IS 'x\n-- evenkeel-ignore data-loss: why\n';\n`,
    `DO $$\n-- evenkeel-ignore data-loss: why\nBEGIN END $$;\n`,
    `SELECT "\n-- evenkeel-ignore data-loss: why\n";\n`,
  ])('%j accepts nothing and is no complaint', (sql) => {
    const report = checkSql(sql + DROP_B, { 'lock-queue': 'off', 'unknown-effect': 'off' });
    expect(report.findings.map(({ rule }) => rule).filter((rule) => rule.includes('suppression'))).toEqual([]);
    expect(report.suppressed).toEqual([]);
    expect(report.findings.map(({ rule }) => rule)).toContain('data-loss');
  });
});

describe('a comment that accepts nothing is a finding with its place', () => {
  test.each([
    [`  -- evenkeel-ignore data-loss\n${DROP_A}`, '1:3', /gives no reason/],
    [`${DROP_A}-- evenkeel-ignore data-los: why\n${DROP_B}`, '2:1', /no rule data-los; did you mean data-loss\?/],
    [`${DROP_A}-- evenkeel-ignore data-loss: why\n`, '2:1', /no statement follows it/],
    [`ALTER TABLE a\n  -- evenkeel-ignore data-loss: why\n  DROP COLUMN x;`, '2:3', /inside a statement/],
    [`ALTER TABLE a /* evenkeel-ignore data-loss: why */ DROP COLUMN x;`, '1:15', /begins with --/],
  ])('%j', (sql, place, why) => {
    const [finding, ...others] = checkSql(sql).findings.filter(({ rule }) => rule === 'bad-suppression');
    expect(`${finding?.span.line}:${finding?.span.column}`).toBe(place);
    expect(finding).toMatchObject({ severity: 'warning', title: expect.stringMatching(why) });
    expect(others).toEqual([]);
    expect(checkSql(sql).findings.map(({ rule }) => rule)).toContain('data-loss');
  });
});

describe('a comment that is not needed', () => {
  test('is a note, rule by rule', () => {
    const report = checkSql(`-- evenkeel-ignore data-loss, rewrite-under-lock: why\n${DROP_A}`);
    const unused = report.findings.filter(({ rule }) => rule === 'unused-suppression');
    expect(unused).toHaveLength(1);
    expect(unused[0]).toMatchObject({ severity: 'info', title: expect.stringContaining('rewrite-under-lock') });
  });

  test('is none when the rule is off anyway', () => {
    const report = checkSql(`-- evenkeel-ignore data-loss: why\n${DROP_A}`, { 'data-loss': 'off' });
    expect(report.findings.map(({ rule }) => rule)).toEqual(['drop-column', 'lock-queue']);
  });
});

describe('settings', () => {
  test('change the severity, for all tables or for some', () => {
    const report = checkSql(DROP_A + DROP_B, {
      'lock-queue': 'off',
      'old-code-breaks': 'off',
      'data-loss': { severity: 'info', tables: { 'public.b': 'error' } },
    });
    expect(report.findings.map(({ severity, relations }) => `${severity} ${relations}`)).toEqual([
      'info public.a',
      'error public.b',
    ]);
  });
});

describe('fingerprints', () => {
  const marks = (sql: string): readonly string[] =>
    checkSql(sql).findings.map(({ rule, fingerprint }) => rule + fingerprint);

  test('stay when lines move, comments change and the statement is laid out anew', () => {
    const moved = `-- a\n\n\nSELECT 1;\nALTER TABLE a -- why\n\n   DROP\tCOLUMN x;\n`;
    expect(marks(moved)).toEqual(marks(DROP_A));
    expect(new Set(marks(DROP_A)).size).toBe(3);
  });

  test('differ by rule, by statement, by file, and among equal ones', () => {
    expect(marks(DROP_A)).not.toEqual(marks('ALTER TABLE a DROP COLUMN X;'));
    const twice = marks('TRUNCATE a; TRUNCATE a;');
    expect(new Set(twice).size).toBe(twice.length);
    expect(twice.slice(0, twice.length / 2)).toEqual(marks('TRUNCATE a'));
    const elsewhere = checkSql(DROP_A, {}, { repositoryPathOf: (path) => `db/${path}` }).findings;
    expect(elsewhere[0]?.fingerprint).not.toBe(checkSql(DROP_A).findings[0]?.fingerprint);
  });

  test('a baseline takes out what it knows, and tells what it knows in vain', () => {
    const [first] = checkSql(DROP_A).findings;
    const fingerprints = new Set([first?.fingerprint ?? '', 'gone']);
    const report = checkSql(DROP_A, {}, { baseline: { path: 'old.json', fingerprints } });
    expect(found(report)).toEqual(['data-loss 1:1', 'lock-queue 1:1']);
    expect(accepted(report)).toEqual(['drop-column old.json']);
    expect(report.baseline).toEqual({ path: 'old.json', stale: 1 });
  });
});

test('the part that matters is the command that would do it alone', () => {
  const report = checkSql('ALTER TABLE a\n  ADD COLUMN y int,\n  ALTER COLUMN id TYPE bigint, DROP COLUMN x;');
  expect(found(report)).toEqual([
    'type-change-rewrite 3:3',
    'drop-column 3:32',
    'data-loss 3:32',
    'cached-plan-select-star 2:3',
  ]);
  expect(report.findings[0]?.span).toMatchObject({ line: 1, column: 1 });
  expect(report.findings[0]?.focus).toMatchObject({ endLine: 3, endColumn: 30, startOffset: 36 });
});

test('files that did not change are replayed and not judged', () => {
  const migration = { checksum: '', format: 'sql', transaction: 'statement', foreignLedgerRow: null } as const;
  const [first, second] = ['CREATE TABLE c (x int); ALTER TABLE a DROP COLUMN x;', 'ALTER TABLE c DROP COLUMN x;'];
  const report = checkSql(
    '',
    {},
    {
      migrations: [
        {
          migration: { ...migration, id: '1', path: '1.sql', sql: first },
          statements: parseStatements(first, '1.sql'),
        },
        {
          migration: { ...migration, id: '2', path: '2.sql', sql: second },
          statements: parseStatements(second, '2.sql'),
        },
      ],
      since: { ref: 'main', isChanged: (path) => path === '2.sql' },
    },
  );
  expect(report.files.map(({ path }) => path)).toEqual(['2.sql']);
  expect(report.since).toEqual({ ref: 'main', unchanged: 1 });
  expect(report.findings.map(({ rule }) => rule)).toEqual(['drop-column', 'data-loss', 'lock-queue']);
});
