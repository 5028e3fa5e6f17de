import { describe, expect, test } from 'vitest';
import { effectSession } from '../support/effect-session.ts';

/** What the pages of the rules about tables, views, rights, enums and publications say, on the oldest and newest major. */
describe.each([13, 18])('PostgreSQL %i', (major) => {
  const session = effectSession(major);
  const { run, value, codeOf } = session;

  test('an index keeps what the old function answered', async () => {
    const fn = (body: string): string =>
      `CREATE OR REPLACE FUNCTION f(t text) RETURNS text IMMUTABLE LANGUAGE plpgsql AS 'BEGIN RETURN ${body}(t); END'`;
    await run(`CREATE TABLE w (a text); ${fn('lower')}; CREATE INDEX ON w (f(a));
      INSERT INTO w SELECT 'X' || i FROM generate_series(1, 1000) i; ANALYZE w; ${fn('upper')}`);
    const other = await session.database.client();
    const count = async (): Promise<unknown> => (await other.query("SELECT 1 FROM w WHERE f(a) = 'X5'")).rowCount;
    expect(await count()).toBe(0);
    await other.query('SET enable_indexscan = off; SET enable_bitmapscan = off');
    expect(await count()).toBe(1);
  });

  test('row security without a policy shows nothing, and an owner has no rights for ever', async () => {
    const [first, second] = [`${session.database.name}_a`, `${session.database.name}_b`];
    await run(`CREATE ROLE ${first}; CREATE ROLE ${second}; CREATE TABLE s (a int); INSERT INTO s VALUES (1);
      GRANT ALL ON s TO ${first}; ALTER TABLE s ENABLE ROW LEVEL SECURITY; SET ROLE ${first}`);
    expect(await value('SELECT count(*) FROM s')).toBe('0');
    expect(await codeOf('INSERT INTO s VALUES (2)')).toBe('42501');
    await run(`RESET ROLE; CREATE TABLE o (a int); ALTER TABLE o OWNER TO ${first}; ALTER TABLE o OWNER TO ${second};
      SET ROLE ${first}`);
    expect(await codeOf('SELECT * FROM o')).toBe('42501');
    await run(`RESET ROLE; DROP TABLE s, o; DROP ROLE ${first}, ${second}`);
  });

  test('a materialized view without data cannot be read, nor refreshed concurrently', async () => {
    await run('CREATE MATERIALIZED VIEW mv AS SELECT 1 AS a');
    expect(await codeOf('REFRESH MATERIALIZED VIEW CONCURRENTLY mv')).toBe('55000');
    await run('CREATE UNIQUE INDEX ON mv (a); REFRESH MATERIALIZED VIEW mv WITH NO DATA');
    expect(await codeOf('SELECT * FROM mv')).toBe('55000');
    expect(await codeOf('REFRESH MATERIALIZED VIEW CONCURRENTLY mv')).toBe('0A000');
  });

  test('a new value of an enum is refused wherever it is used', async () => {
    await run("CREATE TYPE e AS ENUM ('a', 'b'); CREATE TABLE et (x e)");
    const uses = [
      "INSERT INTO et VALUES ('z')",
      "SELECT * FROM et WHERE x = 'z'",
      "ALTER TABLE et ALTER x SET DEFAULT 'z'",
      "ALTER TABLE et ADD CHECK (x <> 'z')",
      "ALTER TABLE w ADD COLUMN k e DEFAULT 'z'",
      "CREATE VIEW ev AS SELECT * FROM et WHERE x = 'z'",
      "CREATE INDEX ON et (x) WHERE x = 'z'",
    ];
    for (const use of uses) {
      await run("BEGIN; ALTER TYPE e ADD VALUE 'z'");
      expect(await codeOf(use)).toBe('55P04');
      await run('ROLLBACK');
    }
    await run("BEGIN; CREATE TYPE own AS ENUM ('a'); CREATE TABLE ot (x own); ALTER TYPE own ADD VALUE 'z'");
    expect(await codeOf("INSERT INTO ot VALUES ('z')")).toBe(major >= 17 ? 'none' : '55P04');
    await run("ROLLBACK; ALTER TYPE e RENAME VALUE 'a' TO 'c'");
    expect(await codeOf("SELECT * FROM et WHERE x = 'a'")).toBe('22P02');
    await run("INSERT INTO et VALUES ('b'); CREATE TYPE e2 AS ENUM ('c')");
    expect(await codeOf('ALTER TABLE et ALTER x TYPE e2 USING x::text::e2')).toBe('22P02');
  });

  test('foreign keys are not checked when all triggers are off, and count as valid', async () => {
    await run(`CREATE TABLE k (id int PRIMARY KEY); CREATE TABLE r (k int CONSTRAINT r_fkey REFERENCES k);
      ALTER TABLE r DISABLE TRIGGER ALL; INSERT INTO r VALUES (5); ALTER TABLE r ENABLE TRIGGER ALL`);
    expect(await value("SELECT convalidated FROM pg_constraint WHERE conname = 'r_fkey'")).toBe(true);
    await run('ALTER TABLE r VALIDATE CONSTRAINT r_fkey');
    await run('DELETE FROM r; INSERT INTO k VALUES (1); INSERT INTO r VALUES (1); TRUNCATE k CASCADE');
    expect(await value('SELECT count(*) FROM r')).toBe('0');
  });

  test('a published table without identity refuses UPDATE and DELETE, not INSERT', async () => {
    await run('CREATE TABLE n (a int); INSERT INTO n VALUES (1); CREATE PUBLICATION p1 FOR TABLE n');
    expect(await codeOf('UPDATE n SET a = 2')).toBe('55000');
    expect(await codeOf('DELETE FROM n')).toBe('55000');
    expect(await codeOf('INSERT INTO n VALUES (3)')).toBe('none');
    await run("ALTER PUBLICATION p1 SET (publish = 'insert')");
    expect(await codeOf('UPDATE n SET a = 2')).toBe('none');
    await run(`CREATE TABLE i (a int PRIMARY KEY); INSERT INTO i VALUES (1); ALTER TABLE i REPLICA IDENTITY NOTHING;
      CREATE PUBLICATION p2 FOR TABLE i`);
    expect(await codeOf('DELETE FROM i')).toBe('55000');
    await run('DROP PUBLICATION p1; DROP PUBLICATION p2');
  });

  test('a sequence that starts again gives out what is taken', async () => {
    await run('CREATE TABLE q (id serial PRIMARY KEY); INSERT INTO q DEFAULT VALUES; ALTER SEQUENCE q_id_seq RESTART');
    expect(await codeOf('INSERT INTO q DEFAULT VALUES')).toBe('23505');
    const other = await session.database.client();
    await other.query('BEGIN; ALTER SEQUENCE q_id_seq RESTART WITH 100');
    expect(await codeOf("SET lock_timeout = '50ms'; SELECT nextval('q_id_seq')")).toBe('55P03');
    await other.query('ROLLBACK');
    await run('RESET lock_timeout');
  });

  test('a view stands in for a renamed table, but for TRUNCATE and COPY', async () => {
    await run(`CREATE TABLE t (a int); CREATE VIEW all_t AS SELECT * FROM t; ALTER TABLE t ADD COLUMN b int;
      BEGIN; ALTER TABLE t RENAME TO u; CREATE VIEW t AS SELECT * FROM u; COMMIT;
      INSERT INTO t VALUES (1, 2); UPDATE t SET b = 3`);
    expect(await value('SELECT b FROM t')).toBe(3);
    expect(await codeOf('TRUNCATE t')).toBe('42809');
    expect(await codeOf('COPY t TO STDOUT')).toBe('42809');
    expect(await codeOf('SELECT b FROM all_t')).toBe('42703');
  });

  test('a view made anew has none of the rights of the old one, a replaced one keeps them', async () => {
    const reader = `${session.database.name}_r`;
    await run(`CREATE ROLE ${reader}; CREATE VIEW g AS SELECT 1 AS a; GRANT SELECT ON g TO ${reader};
      CREATE OR REPLACE VIEW g AS SELECT 1 AS a, 2 AS b; SET ROLE ${reader}`);
    expect(await codeOf('SELECT * FROM g')).toBe('none');
    await run(`RESET ROLE; DROP VIEW g; CREATE VIEW g AS SELECT 1 AS a; SET ROLE ${reader}`);
    expect(await codeOf('SELECT * FROM g')).toBe('42501');
    await run(`RESET ROLE; DROP ROLE ${reader}`);
  });

  test('a default of the parent alone holds for rows that come in through it', async () => {
    await run(`CREATE TABLE pa (d date NOT NULL) PARTITION BY RANGE (d);
      CREATE TABLE pa1 PARTITION OF pa FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
      ALTER TABLE ONLY pa ALTER d SET DEFAULT '2020-02-02'; INSERT INTO pa DEFAULT VALUES`);
    expect(await value('SELECT d::text FROM pa1')).toBe('2020-02-02');
  });
});
