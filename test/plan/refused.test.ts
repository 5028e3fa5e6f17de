import { beforeAll, expect, test } from 'vitest';
import { applyStatement } from '../../src/catalog/apply-statement.ts';
import { emptyCatalog } from '../../src/catalog/empty-catalog.ts';
import { UnplannableError } from '../../src/model/error.ts';
import { plan } from '../../src/pipeline/plan.ts';
import { loadParser } from '../../src/sql/postgres/load-parser.ts';
import { parseStatements } from '../../src/sql/postgres/parse-statements.ts';

beforeAll(() => loadParser());

const TABLE = 'CREATE TABLE t (id int PRIMARY KEY, a int)';

function planOf(sql: string, schemaSql = TABLE, catalogIsComplete = true): ReturnType<typeof plan> {
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
    catalogIsComplete,
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

test.each([
  'DROP SCHEMA evenkeel CASCADE',
  'DROP SCHEMA a, evenkeel',
  'DROP TABLE evenkeel.step',
  'ALTER SCHEMA evenkeel RENAME TO other',
  'ALTER TABLE evenkeel.migration ADD COLUMN x int',
  'ALTER TABLE t SET SCHEMA evenkeel',
  'CREATE TABLE evenkeel.mine (id int)',
  'CREATE SCHEMA IF NOT EXISTS evenkeel',
  "UPDATE evenkeel.migration SET state = 'applied'",
  'DELETE FROM evenkeel.runner',
  'TRUNCATE evenkeel.event',
  'CREATE TRIGGER x AFTER INSERT ON evenkeel.step FOR EACH ROW EXECUTE FUNCTION f()',
  'SET search_path = evenkeel, public',
  "SELECT set_config('search_path', 'evenkeel', false)",
  'DO $$BEGIN DELETE FROM evenkeel.step; END$$',
])('the ledger is nobody’s to change: %s', (sql) => {
  expect(() => planOf(`SELECT 1;\n${sql}`)).toThrow(UnplannableError);
  expect(() => planOf(`SELECT 1;\n${sql}`)).toThrow(/^m\.sql:2 changes the schema evenkeel: that is the ledger/);
});

test.each([
  'GRANT SELECT ON ALL TABLES IN SCHEMA evenkeel TO PUBLIC',
  'CREATE TABLE evenkeel_mine (id int)',
  'INSERT INTO t (id) SELECT count(*) FROM evenkeel.audit',
])('what leaves the ledger as it is may stand in a migration: %s', (sql) => {
  const schema = `${TABLE}; CREATE SCHEMA evenkeel; CREATE TABLE evenkeel.audit (id int)`;
  expect(planOf(sql, schema).plan.migrations[0]?.steps).toHaveLength(1);
});

test('set_config() is what it is: settings, before every step behind it', () => {
  const { plan: planned } = planOf(
    "SELECT pg_catalog.set_config('search_path', '', false), set_config('my.setting', 'x', false);\nALTER TABLE public.t ADD COLUMN b int;",
  );
  expect(planned.migrations[0]?.steps).toMatchObject([
    { sql: ["SET LOCAL search_path = ''", "SET LOCAL my.setting = 'x'", 'ALTER TABLE public.t ADD COLUMN b int'] },
  ]);
  const own = planOf("SELECT set_config('lock_timeout', '0', false);\nALTER TABLE t ADD COLUMN b int;");
  expect(own.plan.migrations[0]?.steps).toHaveLength(1);
  expect(own.notes[0]?.note).toBe('SET lock_timeout is left out: every step has timeouts of its own.');
  const mixed = planOf(
    "SELECT set_config('my.setting', 'x', false), count(*) FROM t;\nALTER TABLE t ADD COLUMN b int;",
  );
  expect(mixed.plan.migrations[0]?.steps).toHaveLength(2);
  expect(mixed.plan.migrations[0]?.steps[1]).toMatchObject({
    sql: ["SET LOCAL my.setting = 'x'", 'ALTER TABLE t ADD COLUMN b int'],
  });
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
  // Where the schema given may lack it, it is left to the server, and nothing is expected afterwards.
  const unsure = planOf('ALTER TABLE IF EXISTS nothing ADD COLUMN x int;', TABLE, false).plan;
  expect(unsure.migrations[0]?.steps).toMatchObject([{ postCondition: { sql: null } }]);
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

const DAYS = `CREATE TABLE days (id int, day date, PRIMARY KEY (id, day)) PARTITION BY RANGE (day);
  CREATE TABLE days_24 PARTITION OF days FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');`;
const REFERRING = 'CREATE TABLE seen (id int, day date, FOREIGN KEY (id, day) REFERENCES days);';

test('a partition is detached behind a gate, and in a second or not at all where other tables are read', () => {
  const sql = 'ALTER TABLE days DETACH PARTITION days_24';
  const stepsOf = (schema: string): string[] =>
    planOf(sql, schema).plan.migrations[0]!.steps.map((step) =>
      'statementTimeoutMs' in step ? `${step.kind} ${step.statementTimeoutMs} ms` : step.kind,
    );
  expect(stepsOf(DAYS)).toEqual(['gate', 'transaction 5000 ms']);
  expect(stepsOf(DAYS + REFERRING)).toEqual(['gate', 'transaction 1000 ms']);
});

test('DETACH ... CONCURRENTLY is done otherwise, and says why; where the server refuses it, so does the plan', () => {
  const sql = 'ALTER TABLE days DETACH PARTITION days_24 CONCURRENTLY';
  const { notes } = planOf(sql, DAYS);
  expect(notes.map(({ note }) => note).join()).toMatch(
    /done as a plain DETACH.*\(days_24_day_check\) is made all the same/,
  );
  const withDefault = `${DAYS} CREATE TABLE days_rest PARTITION OF days DEFAULT;`;
  expect(() => planOf(sql, withDefault)).toThrow(/would fail on the server with 55000/);
});

const USERS =
  'CREATE TABLE users (id int PRIMARY KEY, name text NOT NULL); CREATE TABLE homes (id int PRIMARY KEY, owner int);';
const FILL = "ALTER TABLE users ADD COLUMN first text; UPDATE users SET first = split_part(name, ' ', 1);";

test('a trigger that fills columns goes before what it could not live with', () => {
  const kinds = (more: string): string[] =>
    planOf(`${FILL} ALTER TABLE users ALTER first SET NOT NULL; ${more}`, USERS).plan.migrations[0]!.steps.flatMap(
      (step) => (step.kind === 'gate' || /unfollow|rename|drop/.test(step.id) ? step.id.slice(3) : []),
    );
  expect(kinds('')).toEqual(['gate-fill-first', 'unfollow-first']);
  expect(kinds('ALTER TABLE users RENAME first TO given;').slice(0, 2)).toEqual(['gate-fill-first', 'unfollow-first']);
  expect(kinds('DROP TABLE users;').slice(0, 2)).toEqual(['gate-fill-first', 'unfollow-first']);
  expect(kinds('ALTER TABLE users ALTER name DROP NOT NULL, DROP name;')).toEqual([
    'gate-drop-name',
    'drop-column-name',
  ]);
});

test.each([
  ['UPDATE homes SET name = users.name FROM users WHERE users.id = owner', 'public.users.name'],
  ["UPDATE users SET id = id + 1 WHERE name = 'x'", 'public.users.name'],
])('what does not reach the place that it is carried to is said: %s', (update, lost) => {
  const sql = `ALTER TABLE homes ADD COLUMN name text; ${update}; ALTER TABLE users DROP COLUMN name;`;
  const { notes } = planOf(sql, USERS);
  expect(notes.map(({ note }) => note).join()).toContain(`What running code writes to ${lost} behind this statement`);
});

const LINKS = 'CREATE TABLE users (id int PRIMARY KEY); CREATE TABLE links (id int PRIMARY KEY, "User" int);';

test('the index that a foreign key lacks is offered, unless it is there or on its way', () => {
  const key = 'ALTER TABLE links ADD FOREIGN KEY ("User") REFERENCES users;';
  const said = (sql: string, more = ''): boolean =>
    planOf(sql, LINKS + more).notes.some(({ note }) =>
      note.endsWith('CREATE INDEX CONCURRENTLY "links_User_idx" ON public.links ("User");'),
    );
  expect(said(key)).toBe(true);
  expect(said('ALTER TABLE links DROP COLUMN "User", ADD COLUMN "User" int REFERENCES users')).toBe(true);
  expect(said(`${key} CREATE INDEX ON links ("User", id);`)).toBe(false);
  expect(said(key, 'CREATE INDEX i ON links ("User");')).toBe(false);
  expect(said(key, 'CREATE INDEX i ON links ("User") WHERE id > 3;')).toBe(true);
});

test.each([
  `ALTER TABLE t RENAME TO t_old; CREATE TABLE t (id int, a int) PARTITION BY LIST (a); INSERT INTO t SELECT * FROM t_old; DROP TABLE t_old;`,
  `CREATE TABLE t_new (id int, a int) PARTITION BY LIST (a); INSERT INTO t_new SELECT * FROM t; ALTER TABLE t RENAME TO t_old; ALTER TABLE t_new RENAME TO t;`,
])('a copy that takes the name of its original is refused: %s', (sql) => {
  expect(() => planOf(sql)).toThrow(UnplannableError);
  expect(() => planOf(sql)).toThrow(/^m\.sql:1 gives the name of public\.t to another table and copies its rows over/);
});

test('a table that becomes a partition is read in a second or not at all', () => {
  const { plan: made } =
    planOf(`ALTER TABLE t RENAME TO t_1; CREATE TABLE t (id int NOT NULL, a int) PARTITION BY LIST (a);
    ALTER TABLE t ATTACH PARTITION t_1 FOR VALUES IN (1);`);
  const steps = made.migrations[0]!.steps;
  expect(steps.map(({ kind }) => kind)).toEqual(['gate', 'transaction']);
  expect(steps[1]).toMatchObject({ statementTimeoutMs: 1000, why: expect.stringContaining('It reads public.t') });
});

test('a statement of several commands is done when all of them are, and taken back whole', () => {
  const { plan: made } = planOf(
    'ALTER TABLE t ADD COLUMN IF NOT EXISTS a int, ADD COLUMN IF NOT EXISTS b int, ADD COLUMN c int;',
  );
  expect(made.migrations[0]?.steps).toMatchObject([
    {
      undo: ['ALTER TABLE public.t DROP COLUMN c', 'ALTER TABLE public.t DROP COLUMN b'],
      postCondition: { sentence: expect.stringMatching(/column a; .*column b; .*column c$/) },
    },
  ]);
  // Half of it can be asked, and may hold before: that is no proof of the other half.
  const half = planOf('ALTER TABLE t ADD COLUMN IF NOT EXISTS a int, ALTER COLUMN a SET DEFAULT 7;').plan;
  expect(half.migrations[0]?.steps).toMatchObject([{ postCondition: { sql: null } }]);
  // What was there before is never dropped by an undo.
  const kept = planOf('CREATE TABLE IF NOT EXISTS t (id int);').plan;
  expect(kept.migrations[0]?.steps).toMatchObject([{ undo: [] }]);
});

test('what would fail is refused at its own line, though there is a recipe for it', () => {
  const drawn = "CREATE TABLE s (id serial); CREATE TABLE u (id int DEFAULT nextval('s_id_seq'));";
  expect(() => planOf('SELECT 1;\nDROP TABLE s;\nALTER TABLE u RENAME TO s;', drawn)).toThrow(
    /^m\.sql:2 would fail on the server with 2BP01: the default of public\.u\.id uses public\.s_id_seq/,
  );
});

test('a column of a domain is not added empty: that is checked row by row, or filled with what the domain says', () => {
  const schema = `${TABLE}; CREATE DOMAIN short AS text DEFAULT 'x' CHECK (length(VALUE) < 9);`;
  for (const value of ['NULL', 'gen_random_uuid()::text']) {
    const { plan: made, notes } = planOf(`ALTER TABLE t ADD COLUMN b short DEFAULT ${value};`, schema);
    expect(made.migrations[0]?.steps).toMatchObject([{ kind: 'transaction', statementTimeoutMs: 1_000 }]);
    expect(notes[0]?.note).toContain('no safer way');
  }
});
