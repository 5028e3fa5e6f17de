import { beforeAll, expect, test } from 'vitest';
import { applyStatement } from '../../src/catalog/apply-statement.ts';
import { emptyCatalog } from '../../src/catalog/empty-catalog.ts';
import { UnplannableError } from '../../src/model/error.ts';
import { plan } from '../../src/pipeline/plan.ts';
import { loadParser } from '../../src/sql/postgres/load-parser.ts';
import { parseStatements } from '../../src/sql/postgres/parse-statements.ts';

beforeAll(() => loadParser());

const TABLE = 'CREATE TABLE t (id int PRIMARY KEY, a int)';

function planOf(sql: string, schemaSql = TABLE): ReturnType<typeof plan> {
  const schema = parseStatements(schemaSql, 'schema');
  return plan({
    migrations: [
      {
        migration: {
          id: 'm',
          path: 'm.sql',
          sql,
          checksum: 'x',
          format: 'sql',
          transaction: 'statement',
          foreignLedgerRow: null,
        },
        statements: parseStatements(sql, 'm.sql'),
      },
    ],
    catalog: schema.reduce(applyStatement, emptyCatalog(18)),
    catalogIsComplete: true,
    version: { engine: 'postgresql', major: 18 },
    timeZone: 'UTC',
  });
}

test.each([
  'ALTER TABLE t ADD COLUMN b int;\nROLLBACK;',
  'BEGIN; SAVEPOINT s; ALTER TABLE t ADD COLUMN b int;\nROLLBACK TO s; COMMIT;',
  "BEGIN; ALTER TABLE t ADD COLUMN b int;\nPREPARE TRANSACTION 'x';",
])('what a migration takes back is never applied: %j', (sql) => {
  expect(() => planOf(sql)).toThrow(UnplannableError);
  expect(() => planOf(sql)).toThrow(/^m\.sql:2 takes statements back or prepares them/);
});

test.each([
  'CREATE TEMP TABLE x AS SELECT 1 AS a',
  'CREATE TEMPORARY TABLE x (a int)',
  'CREATE TABLE pg_temp.x (a int)',
  'SELECT 1 AS a INTO TEMP x',
])('what a session has for itself is not kept by a plan: %s', (sql) => {
  expect(() => planOf(`SELECT 1;\n${sql}`)).toThrow(/^m\.sql:2 makes a temporary table/);
});

test('BEGIN, COMMIT and savepoints that are kept are left out, with a note', () => {
  const report = planOf('BEGIN; SAVEPOINT s; ALTER TABLE t ADD COLUMN b int; RELEASE s; COMMIT;');
  expect(report.plan.migrations[0]?.steps).toHaveLength(1);
  expect(report.notes[0]?.note).toMatch(/BEGIN and COMMIT are left out/);
});

test('VACUUM is left to autovacuum, and says so; ANALYZE stays', () => {
  const { plan: made, notes } = planOf('ALTER TABLE t ADD COLUMN b int;\nVACUUM (ANALYZE) t;\nVACUUM t;');
  const sql = made.migrations[0]?.steps.flatMap((step) => (step.kind === 'transaction' ? step.sql : []));
  expect(sql).toEqual(['ALTER TABLE t ADD COLUMN b int', 'ANALYZE t']);
  expect(notes.map(({ line }) => line)).toEqual([2, 3]);
  expect(notes[0]?.note).toContain('VACUUM is left to autovacuum');
  expect(() => planOf('VACUUM FULL t')).toThrow(UnplannableError);
});

test('ALTER ... IF EXISTS of what does not exist is left out, with a note', () => {
  const { plan: made, notes } = planOf(
    'ALTER TABLE IF EXISTS nothing ADD COLUMN x int;\nALTER TABLE IF EXISTS nothing DROP COLUMN x;',
  );
  expect(made.migrations[0]?.steps).toEqual([]);
  expect(notes.map(({ line, note }) => [line, note.includes('nothing to do')])).toEqual([
    [1, true],
    [2, true],
  ]);
});

test('an index can be named where a table is', () => {
  const { plan: made } = planOf('CREATE INDEX i ON t (a);\nALTER TABLE i RENAME TO j;');
  expect(made.migrations[0]?.steps).toHaveLength(2);
});

test('a default partition that turns rows away until the attach is told; a bound that is computed is left as it is', () => {
  const schema = `CREATE TABLE p (a int NOT NULL) PARTITION BY RANGE (a); CREATE TABLE rest PARTITION OF p DEFAULT;
    CREATE TABLE p1 (a int NOT NULL);`;
  const checked = planOf('ALTER TABLE p ATTACH PARTITION p1 FOR VALUES FROM (1) TO (10);', schema);
  expect(checked.plan.migrations[0]?.steps.length).toBeGreaterThan(1);
  expect(checked.notes.map(({ note }) => note)).toEqual([
    expect.stringMatching(
      /^From the CHECK on public\.rest until public\.p1 is attached, .* refused \(SQLSTATE 23514\)/,
    ),
  ]);
  const computed = planOf('ALTER TABLE p ATTACH PARTITION p1 FOR VALUES FROM (1) TO (5 + 5);', schema);
  expect(computed.plan.migrations[0]?.steps).toHaveLength(1);
});

test('a table in use stays in use under its new name', () => {
  for (const renamed of [
    'ALTER TABLE t RENAME TO u;',
    'CREATE SCHEMA s; ALTER TABLE t SET SCHEMA s; SET search_path = s;',
  ]) {
    const { plan: made } = planOf(`${renamed}\nCREATE INDEX i ON ${renamed.includes('SCHEMA') ? 's.t' : 'u'} (a);`);
    expect(made.migrations[0]?.steps.at(-1)?.kind, renamed).toBe('concurrent-index');
  }
});
