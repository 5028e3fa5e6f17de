import { describe, expect, test } from 'vitest';
import { effectSession } from '../support/effect-session.ts';

/** What the pages of the rules about columns say, tried on the oldest and the newest major. */
describe.each([13, 18])('PostgreSQL %i', (major) => {
  const session = effectSession(major);
  const { run, value, codeOf } = session;

  test('whole rows with a json column cannot be compared', async () => {
    await run('CREATE TABLE j (a int, b json); INSERT INTO j VALUES (1, $$1$$)');
    expect(await codeOf('SELECT DISTINCT * FROM j')).toBe('42883');
    expect(await codeOf('SELECT a, b FROM j GROUP BY a, b')).toBe('42883');
    expect(await codeOf('SELECT * FROM j UNION SELECT * FROM j')).toBe('42883');
    await run('ALTER TABLE j ALTER COLUMN b TYPE jsonb');
    expect(await codeOf('SELECT DISTINCT * FROM j')).toBe('none');
  });

  test('a narrower type fails, rounds or cuts', async () => {
    await run(`CREATE TABLE n (big bigint, price numeric(8, 3), word text, at timestamp, exact double precision);
      INSERT INTO n VALUES (3000000000, 1.239, 'abcdef', '2026-01-02 03:04:05.678', 1.6)`);
    expect(await codeOf('ALTER TABLE n ALTER COLUMN big TYPE integer')).toBe('22003');
    expect(await codeOf('ALTER TABLE n ALTER COLUMN word TYPE varchar(3)')).toBe('22001');
    expect(await codeOf('ALTER TABLE n ALTER COLUMN price TYPE numeric(3, 3)')).toBe('22003');
    await run('ALTER TABLE n ALTER COLUMN word TYPE varchar(3) USING word::varchar(3)');
    expect(await value('SELECT word FROM n')).toBe('abc');
    await run('ALTER TABLE n ALTER COLUMN price TYPE numeric(8, 1)');
    expect(await value('SELECT price::text FROM n')).toBe('1.2');
    await run('ALTER TABLE n ALTER COLUMN exact TYPE integer');
    expect(await value('SELECT exact FROM n')).toBe(2);
    await run('ALTER TABLE n ALTER COLUMN at TYPE timestamp(0)');
    expect(await value('SELECT at::text FROM n')).toBe('2026-01-02 03:04:06');
    await run('ALTER TABLE n ALTER COLUMN at TYPE date');
    expect(await value('SELECT at::timestamp::text FROM n')).toBe('2026-01-02 00:00:00');
  });

  test('code in strings is not followed by a rename', async () => {
    await run(`CREATE TABLE f (a int, b int);
      CREATE FUNCTION f_plpgsql() RETURNS bigint LANGUAGE plpgsql AS 'BEGIN RETURN (SELECT sum(a) FROM f); END';
      CREATE FUNCTION f_sql() RETURNS bigint LANGUAGE sql AS 'SELECT sum(b) FROM f';
      ALTER TABLE f RENAME COLUMN a TO c; ALTER TABLE f DROP COLUMN b`);
    expect(await codeOf('SELECT f_plpgsql()')).toBe('42703');
    expect(await codeOf('SELECT f_sql()')).toBe('42703');
  });

  test('SET DEFAULT leaves old rows alone', async () => {
    await run('CREATE TABLE d (a uuid, b int); INSERT INTO d (b) VALUES (1)');
    await run('ALTER TABLE d ALTER COLUMN a SET DEFAULT gen_random_uuid(); INSERT INTO d (b) VALUES (2)');
    expect(await value('SELECT count(*)::int FROM d WHERE a IS NULL')).toBe(1);
  });

  test('a column whose expression is dropped is computed no more', async () => {
    await run(`CREATE TABLE g (a int, b int GENERATED ALWAYS AS (a * 2) STORED);
      INSERT INTO g (a) VALUES (1); ALTER TABLE g ALTER COLUMN b DROP EXPRESSION;
      INSERT INTO g (a) VALUES (2); UPDATE g SET a = 5 WHERE a = 1`);
    expect(await value('SELECT b FROM g WHERE a = 5')).toBe(2);
    expect(await value('SELECT b FROM g WHERE a = 2')).toBeNull();
  });

  test('what covers several columns goes along with one of them', async () => {
    await run(`CREATE TABLE w (a int, b int, c int, UNIQUE (a, b), CONSTRAINT w_both CHECK (a < b));
      CREATE INDEX w_keys ON w (c, b); CREATE INDEX w_include ON w (c) INCLUDE (b);
      CREATE INDEX w_where ON w (c) WHERE b > 0; CREATE INDEX w_plain ON w (c)`);
    await run('ALTER TABLE w DROP COLUMN b');
    expect(await value(`SELECT string_agg(indexname, ',') FROM pg_indexes WHERE tablename = 'w'`)).toBe('w_plain');
    expect(await value(`SELECT count(*)::int FROM pg_constraint WHERE conrelid = 'w'::regclass`)).toBe(0);
  });

  test('a column that is dropped and added again is empty', async () => {
    await run(`CREATE TABLE x (a int, b text); INSERT INTO x VALUES (1, 'kept?');
      ALTER TABLE x DROP COLUMN b, ADD COLUMN b text`);
    expect(await value('SELECT b FROM x')).toBeNull();
  });

  test('prepared statements fail on a wider type and on a new column until they are prepared again', async () => {
    await run(`CREATE TABLE p (id int, v varchar(5)); INSERT INTO p VALUES (1, 'a');
      PREPARE star AS SELECT * FROM p; PREPARE v AS SELECT v FROM p; PREPARE counted AS SELECT count(*) FROM p WHERE v = 'a';
      PREPARE id AS SELECT id FROM p; EXECUTE star; EXECUTE v; EXECUTE counted; EXECUTE id`);
    await run('ALTER TABLE p ADD COLUMN w int');
    expect(await codeOf('EXECUTE star')).toBe('0A000');
    expect(await codeOf('EXECUTE v')).toBe('none');
    await run('ALTER TABLE p ALTER COLUMN v TYPE varchar(50)');
    expect(await codeOf('EXECUTE v')).toBe('0A000');
    expect(await codeOf('EXECUTE v')).toBe('0A000');
    expect(await codeOf('EXECUTE counted')).toBe('none');
    expect(await codeOf('EXECUTE id')).toBe('none');
  });

  test('an identity starts at 1, whatever is there', async () => {
    await run(`CREATE TABLE i (id bigint PRIMARY KEY, a int); INSERT INTO i VALUES (1, 0), (2, 0);
      ALTER TABLE i ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY`);
    expect(await codeOf('INSERT INTO i (a) VALUES (1)')).toBe('23505');
  });

  test('the sequence of a serial column stays small, that of an identity column follows', async () => {
    await run(`CREATE TABLE s (a serial, b integer GENERATED BY DEFAULT AS IDENTITY);
      ALTER TABLE s ALTER COLUMN a TYPE bigint, ALTER COLUMN b TYPE bigint`);
    expect(await value(`SELECT seqtypid::regtype::text FROM pg_sequence WHERE seqrelid = 's_a_seq'::regclass`)).toBe(
      'integer',
    );
    expect(await value(`SELECT seqtypid::regtype::text FROM pg_sequence WHERE seqrelid = 's_b_seq'::regclass`)).toBe(
      'bigint',
    );
    await run(`SELECT setval('s_a_seq', 2147483647)`);
    expect(await codeOf('INSERT INTO s DEFAULT VALUES')).toBe('2200H');
  });

  test('CREATE OR REPLACE VIEW takes no column out', async () => {
    await run('CREATE TABLE v (a int, b int); CREATE VIEW v_all AS SELECT a, b FROM v');
    expect(await codeOf('CREATE OR REPLACE VIEW v_all AS SELECT a FROM v')).toBe('42P16');
    expect(await codeOf('ALTER TABLE v DROP COLUMN b')).toBe('2BP01');
  });

  test('serial needs rights on its sequence, an identity does not', async () => {
    await run(`CREATE TABLE old_way (id serial, a int); CREATE TABLE new_way (id int GENERATED ALWAYS AS IDENTITY, a int);
      CREATE ROLE "writer_${session.database.name}"; GRANT INSERT ON old_way, new_way TO "writer_${session.database.name}"`);
    await run(`SET ROLE "writer_${session.database.name}"`);
    const codes = [
      await codeOf('INSERT INTO old_way (a) VALUES (1)'),
      await codeOf('INSERT INTO new_way (a) VALUES (1)'),
    ];
    await run('RESET ROLE');
    await run(`DROP OWNED BY "writer_${session.database.name}"; DROP ROLE "writer_${session.database.name}"`);
    expect(codes).toEqual(['42501', 'none']);
  });
});
