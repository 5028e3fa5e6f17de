import { existsSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { InterruptedError } from '../../src/model/error.ts';
import type { TracedStatement } from '../../src/model/traced-statement.ts';
import { loadParser } from '../../src/sql/postgres/load-parser.ts';
import { type GivenTrace, traceSql } from './trace-sql.ts';

const SCHEMA = `
CREATE TABLE users (id integer PRIMARY KEY, name varchar(20), age integer);
CREATE TABLE orders (id integer PRIMARY KEY, user_id integer, total integer NOT NULL);
CREATE INDEX orders_user_idx ON orders (user_id);
CREATE TABLE events (id integer, day date NOT NULL) PARTITION BY RANGE (day);
CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE events_rest PARTITION OF events DEFAULT;
`;

beforeAll(loadParser);

async function traceOne(
  major: number,
  sql: string,
  more: Partial<GivenTrace> = {},
  transaction: 'statement' | 'file' = 'statement',
): Promise<readonly TracedStatement[]> {
  const files = [{ path: 'x.sql', sql, transaction }];
  const { statements } = await traceSql({ major, schema: SCHEMA, files, ...more });
  return statements.map(({ traced }) => traced);
}

describe.each([13, 18])('on PostgreSQL %i', (major) => {
  test('a fact that is not so is told, with what was measured', async () => {
    const [traced] = await traceOne(major, "ALTER TABLE users ADD COLUMN state text DEFAULT 'new'", {
      alter: (facts) => ({
        ...facts,
        locks: [{ relation: 'public.users', mode: 'SHARE' }],
        rewrites: ['public.users'],
      }),
    });
    expect(traced).toMatchObject({ verdict: 'wrong', error: null });
    expect(traced?.disagreements).toEqual([
      'locks: measured {"public.users":"ACCESS EXCLUSIVE"}, derived {"public.users":"SHARE"}',
      'rewrites: measured [], derived ["public.users"]',
    ]);
  });

  test('a wrong fact in the middle of a transaction is told, too', async () => {
    const traced = await traceOne(
      major,
      'ALTER TABLE users ADD COLUMN a text; ALTER TABLE orders ADD COLUMN a text; ALTER TABLE users ADD COLUMN b text;',
      {
        alter: (facts, sql) =>
          sql.includes('orders') ? { ...facts, locks: [{ relation: 'public.users', mode: 'SHARE' }] } : facts,
      },
      'file',
    );
    expect(traced.map(({ verdict }) => verdict)).toEqual(['as-derived', 'wrong', 'as-derived']);
    // What the transaction holds already is not taken again.
    expect(traced[2]?.locks).toEqual([]);
  });

  test('what no transaction may hold is watched from other sessions, and stays', async () => {
    const traced = await traceOne(
      major,
      'CREATE INDEX CONCURRENTLY users_age_idx ON users (age); REINDEX INDEX CONCURRENTLY users_age_idx; VACUUM FULL users; DROP INDEX CONCURRENTLY users_age_idx;',
    );
    expect(traced.map(({ verdict }) => verdict)).toEqual(['as-derived', 'as-derived', 'as-derived', 'as-derived']);
    expect(traced.every(({ transaction }) => transaction === 'outside-only')).toBe(true);
    expect(traced[0]).toMatchObject({
      locks: [{ relation: 'public.users', mode: 'SHARE UPDATE EXCLUSIVE' }],
      scans: ['public.users'],
      indexBuilds: ['public.users_age_idx'],
    });
    expect(traced[2]?.rewrites).toEqual(['public.users']);
  });

  test('in the transaction of a tool it is refused', async () => {
    const traced = await traceOne(
      major,
      'ALTER TABLE users ADD COLUMN a integer; CREATE INDEX CONCURRENTLY users_age_idx ON users (age);',
      {},
      'file',
    );
    expect(traced[1]).toMatchObject({ verdict: 'as-derived', error: { sqlstate: '25001' } });
  });

  test('a statement that fails is taken back, and what follows is compared with care', async () => {
    const traced = await traceOne(
      major,
      'ALTER TABLE users ADD COLUMN name text; ALTER TABLE users ADD COLUMN fresh text; ALTER TABLE missing ADD COLUMN a text;',
    );
    expect(traced.map(({ verdict }) => verdict)).toEqual(['as-derived', 'as-derived', 'as-derived']);
    expect(traced.map(({ error }) => error?.sqlstate ?? null)).toEqual(['42701', null, '42P01']);
    const [, wrong] = await traceOne(
      major,
      'ALTER TABLE users ADD COLUMN name text; ALTER TABLE users DROP COLUMN age;',
      {
        alter: (facts, sql) => (sql.includes('DROP') ? { ...facts, locks: [] } : facts),
      },
    );
    expect(wrong).toMatchObject({ verdict: 'not-compared', disagreements: [] });
    expect(wrong?.notes.join()).toContain('A statement before it failed here');
  });

  test('partitions, foreign keys, and all that is in a file with BEGIN and COMMIT', async () => {
    const traced = await traceOne(
      major,
      `BEGIN;
       ALTER TABLE events ADD COLUMN note text;
       CREATE TABLE events_2 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
       ALTER TABLE orders ADD FOREIGN KEY (user_id) REFERENCES users;
       UPDATE users SET age = 1;
       COMMIT;
       ALTER TABLE events DETACH PARTITION events_2;
       ALTER TABLE users ALTER COLUMN age TYPE bigint;
       TRUNCATE users, orders;`,
    );
    expect(traced.map(({ verdict }) => verdict)).toEqual(Array.from({ length: 9 }, () => 'as-derived'));
    // The partition's locks are those that ADD COLUMN holds already; the foreign key takes its own.
    expect(traced[2]?.locks).toEqual([]);
    expect(traced[3]?.locks.map(({ mode }) => mode)).toEqual(['SHARE ROW EXCLUSIVE', 'SHARE ROW EXCLUSIVE']);
    expect(traced[7]?.rewrites).toEqual(['public.users']);
  });
});

test('what facts do not know is settled, and nobody blamed for what it changes', async () => {
  const block = `DO $$ BEGIN EXECUTE 'ALTER TABLE ' || 'users' || ' ADD COLUMN a text'; END $$`;
  const [traced, again] = await traceOne(18, `${block}; ALTER TABLE users ADD COLUMN a text;`);
  expect(again).toMatchObject({ verdict: 'settled', error: { sqlstate: '42701' } });
  expect(traced).toMatchObject({
    verdict: 'settled',
    locks: [{ relation: 'public.users', mode: 'ACCESS EXCLUSIVE' }],
  });
});

test('roles, tablespaces and extensions are lent, and each file starts without those of others', async () => {
  const file = (path: string) => ({
    path,
    sql: 'CREATE ROLE app; GRANT SELECT ON users TO app, auditor; CREATE EXTENSION pageinspect; ALTER TABLE users SET TABLESPACE fast;',
  });
  const { statements } = await traceSql({ major: 18, schema: SCHEMA, files: [file('a.sql'), file('b.sql')] });
  expect(statements.map(({ traced }) => traced.error)).toEqual(Array.from({ length: 8 }, () => null));
  expect(statements[1]?.traced.notes).toEqual(['The role auditor was made for the trace.']);
});

test.each([13, 18])('a migration on PostgreSQL %i can neither start a program nor read a file', async (major) => {
  const refused = [
    "COPY users FROM PROGRAM 'id'",
    "COPY users TO '/tmp/evenkeel-must-not-be'",
    "SELECT pg_read_file('/etc/hostname')",
    'ALTER ROLE evenkeel_trace SUPERUSER',
    'SET SESSION AUTHORIZATION postgres',
    'GRANT pg_execute_server_program TO evenkeel_trace',
    'CREATE ROLE mighty IN ROLE pg_execute_server_program ROLE evenkeel_trace',
    "SELECT dblink_connect_u('host=127.0.0.1 dbname=postgres user=postgres')",
  ];
  const allowed = [
    'CREATE EXTENSION dblink',
    'CREATE ROLE plain LOGIN',
    'CREATE PUBLICATION everything FOR ALL TABLES',
  ];
  const trap = [
    'CREATE SCHEMA trap',
    "CREATE FUNCTION trap.pg_blocking_pids(integer) RETURNS integer[] LANGUAGE plpgsql AS $$ BEGIN EXECUTE $x$COPY users TO '/tmp/evenkeel-must-not-be'$x$; RETURN '{}'; END $$",
    "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = trap, pg_catalog', current_database()); END $$",
    "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET standard_conforming_strings = off', current_database()); END $$",
    'CREATE INDEX CONCURRENTLY users_age_idx ON public.users (age)',
  ];
  const sql = [...allowed, ...refused, ...trap];
  const traced = await traceOne(major, sql.join(';\n'));
  expect(traced.map(({ error }) => error?.sqlstate ?? null)).toEqual([
    ...allowed.map(() => null),
    ...refused.map(() => '42501'),
    ...trap.map(() => null),
  ]);
  expect(existsSync('/tmp/evenkeel-must-not-be')).toBe(false);
  expect(traced.map(({ verdict }) => verdict)).not.toContain('wrong');
});

test('a transaction that is never committed, and one that is rolled back, are told', async () => {
  const files = [
    {
      path: 'a.sql',
      sql: 'BEGIN; ALTER TABLE users ADD COLUMN a text; ROLLBACK; ALTER TABLE users ADD COLUMN a text;',
    },
    { path: 'b.sql', sql: 'BEGIN; ALTER TABLE users ADD COLUMN b text;' },
  ];
  const { statements, summary } = await traceSql({ major: 18, schema: SCHEMA, files });
  expect(statements.map(({ traced }) => traced.verdict)).not.toContain('wrong');
  expect(summary.notes).toContain('b.sql ends in a transaction that it never commits; that was rolled back.');
});

test('a trace that is told to end leaves nothing', async () => {
  const controller = new AbortController();
  const tracing = traceOne(18, 'SELECT pg_sleep(100)', { signal: controller.signal });
  setTimeout(() => controller.abort(), 1_500);
  await expect(tracing).rejects.toBeInstanceOf(InterruptedError);
});
