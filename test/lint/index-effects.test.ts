import type pg from 'pg';
import { beforeAll, describe, expect, test } from 'vitest';
import { effectSession } from '../support/effect-session.ts';
import { createTestDatabase } from '../support/test-database.ts';

/** What the pages of the rules about indexes and constraints say, tried on the oldest and the newest major. */
describe.each([13, 18])('PostgreSQL %i', (major) => {
  const session = effectSession(major);
  const { run, value, codeOf } = session;
  let other: pg.Client;
  beforeAll(async () => {
    other = await session.database.client();
    await other.query("SET lock_timeout = '100ms'");
  });

  test('a concurrent build under a lock_timeout leaves an INVALID index, which IF NOT EXISTS takes for the real one', async () => {
    await run('CREATE TABLE t (a int); CREATE TABLE elsewhere (a int)');
    await other.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
    await other.query('SELECT * FROM elsewhere');
    await run("SET lock_timeout = '100ms'");
    expect(await codeOf('CREATE INDEX CONCURRENTLY t_a_idx ON t (a)')).toBe('55P03');
    await other.query('COMMIT');
    await run('RESET lock_timeout');
    expect(await codeOf('CREATE INDEX CONCURRENTLY IF NOT EXISTS t_a_idx ON t (a)')).toBe('none');
    expect(await value("SELECT indisvalid FROM pg_index WHERE indexrelid = 't_a_idx'::regclass")).toBe(false);
  });

  test('REINDEX of an index keeps readers waiting who plan on its table', async () => {
    await run('CREATE TABLE r (a int PRIMARY KEY)');
    await run('BEGIN; REINDEX INDEX r_pkey');
    expect(await codeOf('SELECT * FROM r WHERE a = 1', other)).toBe('55P03');
    await run('ROLLBACK');
  });

  test('a partition that comes later has the index of its parent, though that waits for its parts', async () => {
    await run(`CREATE TABLE p (a int) PARTITION BY LIST (a); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);
      CREATE INDEX p_a_idx ON ONLY p (a); CREATE TABLE p2 PARTITION OF p FOR VALUES IN (2)`);
    expect(await value("SELECT indisvalid FROM pg_index WHERE indrelid = 'p'::regclass")).toBe(false);
    expect(await value("SELECT indisvalid FROM pg_index WHERE indrelid = 'p2'::regclass")).toBe(true);
  });

  test('one column twice is taken by an index and refused by a constraint', async () => {
    await run('CREATE TABLE twice (a int)');
    expect(await codeOf('CREATE INDEX ON twice (a, a)')).toBe('none');
    expect(await codeOf('CREATE INDEX ON twice (a) INCLUDE (a)')).toBe('none');
    expect(await codeOf('ALTER TABLE twice ADD UNIQUE (a, a)')).toBe('42701');
  });

  test('a published table without a primary key takes INSERT and refuses UPDATE', async () => {
    await run(`CREATE TABLE pub (a int PRIMARY KEY, b int); INSERT INTO pub VALUES (1, 1);
      CREATE PUBLICATION feed_${major} FOR TABLE pub; ALTER TABLE pub DROP CONSTRAINT pub_pkey`);
    expect(await codeOf('INSERT INTO pub VALUES (2, 2)')).toBe('none');
    expect(await codeOf('UPDATE pub SET b = 3')).toBe('55000');
    expect(await codeOf('DELETE FROM pub')).toBe('55000');
  });

  test('a NOT VALID constraint refuses an UPDATE of another column of an old row', async () => {
    await run('CREATE TABLE old (a int, b int); INSERT INTO old VALUES (NULL, 1)');
    await run('ALTER TABLE old ADD CHECK (a IS NOT NULL) NOT VALID');
    expect(await codeOf('UPDATE old SET b = 2')).toBe('23514');
    if (major < 18) return;
    await run('ALTER TABLE old DROP CONSTRAINT old_a_check, ADD CONSTRAINT old_a_set NOT NULL a NOT VALID');
    expect(await codeOf('UPDATE old SET b = 2')).toBe('23502');
  });

  test('an integer cannot refer to a key beyond its range', async () => {
    await run('CREATE TABLE k (id bigint PRIMARY KEY); CREATE TABLE f (k_id int REFERENCES k (id))');
    await run('INSERT INTO k VALUES (3000000000)');
    expect(await codeOf('INSERT INTO f VALUES (3000000000)')).toBe('22003');
  });

  test('dropping a foreign key closes both tables', async () => {
    await run('CREATE TABLE x (id int PRIMARY KEY); CREATE TABLE y (x_id int REFERENCES x (id))');
    await run('BEGIN; ALTER TABLE y DROP CONSTRAINT y_x_id_fkey');
    expect(await codeOf('SELECT * FROM x', other)).toBe('55P03');
    await run('ROLLBACK');
  });
});

test('REINDEX of a partitioned table rebuilds nothing on 13, and says so in a warning only', async () => {
  const database = await createTestDatabase(13);
  const client = await database.client();
  const warnings: (string | undefined)[] = [];
  client.on('notice', ({ severity }) => warnings.push(severity));
  const file = async (): Promise<unknown> =>
    (await client.query("SELECT pg_relation_filenode('p1_a_idx') AS file")).rows[0].file;
  await client.query(`CREATE TABLE p (a int) PARTITION BY LIST (a); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);
    CREATE INDEX ON p (a)`);
  const before = await file();
  await client.query('REINDEX TABLE CONCURRENTLY p');
  expect(await file()).toBe(before);
  expect(warnings).toContain('WARNING');
  await database.drop();
});
