import { beforeAll, describe, expect, inject, test } from 'vitest';
import { FuzzRun, type Unexplained } from '../../measure/fuzz/fuzz-run.ts';
import { richSchema } from '../../measure/fuzz/rich-schema.ts';
import { Tracer } from '../../measure/fuzz/tracer.ts';
import { applyStatement } from '../../src/catalog/apply-statement.ts';
import { emptyCatalog } from '../../src/catalog/empty-catalog.ts';
import { deriveFacts } from '../../src/facts/postgres/derive-facts.ts';
import type { StatementFacts } from '../../src/model/facts.ts';
import { MEASURED_MAJORS } from '../../src/model/server-version.ts';
import { loadParser } from '../../src/sql/postgres/load-parser.ts';
import { parseStatements } from '../../src/sql/postgres/parse-statements.ts';

beforeAll(loadParser);

const SCHEMA = `
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TYPE pair AS (a integer, b text);
CREATE TYPE span AS RANGE (subtype = integer);
CREATE DOMAIN short AS varchar(40) CONSTRAINT short_check CHECK (length(VALUE) < 30);
CREATE SCHEMA app;
CREATE SEQUENCE app.numbers;
CREATE FUNCTION pure(integer) RETURNS integer LANGUAGE sql IMMUTABLE AS $$ SELECT $1 $$;
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TABLE users (id integer CONSTRAINT users_pkey PRIMARY KEY, name varchar(30), born date, feels mood DEFAULT 'sad',
  twice integer GENERATED ALWAYS AS (id * 2) STORED, spans span, parent integer REFERENCES users (id));
CREATE TABLE orders (id integer PRIMARY KEY, user_id integer CONSTRAINT orders_user REFERENCES users (id), feels mood[]);
CREATE INDEX orders_pure ON orders (pure(id));
CREATE TABLE events (id bigint NOT NULL, day date NOT NULL, kind text NOT NULL,
  CONSTRAINT events_user CHECK (id > 0), PRIMARY KEY (id, day)) PARTITION BY RANGE (day);
CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE event_notes (id bigint, day date, CONSTRAINT event_notes_event FOREIGN KEY (id, day) REFERENCES events (id, day));
ALTER TABLE events ADD CONSTRAINT events_owner FOREIGN KEY (id) REFERENCES orders (id);
CREATE TRIGGER events_touch AFTER INSERT ON events FOR EACH ROW EXECUTE FUNCTION touch();
CREATE VIEW names AS SELECT id, name FROM users;
CREATE VIEW pures AS SELECT pure(id) AS p FROM orders;
CREATE TABLE namesakes (name text PRIMARY KEY);
CREATE TABLE named (name text REFERENCES namesakes);
CREATE TABLE base (id integer NOT NULL);
CREATE TABLE derived () INHERITS (base);
CREATE STATISTICS app.events_stats ON id, kind FROM events;
CREATE TABLE tickets (id serial, kept integer);
CREATE TABLE stubs (id integer DEFAULT nextval('tickets_id_seq'));
CREATE TABLE counted (a serial, b integer GENERATED ALWAYS AS IDENTITY);
`;

function factsOf(sql: string, major: number): StatementFacts {
  const catalog = parseStatements(SCHEMA, 'schema').reduce(applyStatement, emptyCatalog(major));
  const [statement] = parseStatements(sql, 'case');
  if (statement === undefined) throw new TypeError(`no statement: ${sql}`);
  const version = { engine: 'postgresql', major } as const;
  return deriveFacts({
    statement,
    catalog: { ...catalog, extensions: [] },
    version,
    timeZone: 'UTC',
    catalogIsComplete: true,
  });
}

/** What generated statements showed to be refused, and facts did not foresee. */
const REFUSED: readonly (readonly [sql: string, major: number, sqlstate: string])[] = [
  ['ALTER TABLE events DETACH PARTITION app.numbers', 13, '42P01'],
  ['ALTER TABLE orders ALTER CONSTRAINT orders_user NOT ENFORCED, VALIDATE CONSTRAINT orders_user', 18, '55000'],
  ['ALTER TABLE events ALTER COLUMN kind DROP NOT NULL, DROP CONSTRAINT events_kind_not_null', 18, '42704'],
  ['ALTER TABLE users ADD COLUMN added integer COLLATE "C"', 13, '42804'],
  ['ALTER TABLE users ADD COLUMN added mood COLLATE "C"', 15, '42804'],
  ['ALTER TABLE users ADD COLUMN added integer COMPRESSION pglz', 14, '0A000'],
  ['ALTER TABLE users ADD COLUMN added text COMPRESSION pglz', 13, '42601'],
  ['ALTER TABLE users ADD COLUMN added oid DEFAULT session_user', 14, '42804'],
  ['ALTER TABLE users ADD COLUMN added timestamptz DEFAULT CASE WHEN random() < 0.5 THEN 1 ELSE 2 END', 14, '42804'],
  ['ALTER TABLE users ADD COLUMN added mood REFERENCES users (name)', 16, '42830'],
  ['ALTER TABLE users ALTER COLUMN born TYPE numeric USING born::numeric', 17, '42846'],
  ['ALTER TABLE users ALTER COLUMN born TYPE mood USING born::mood', 13, '42846'],
  ['ALTER TABLE users ALTER COLUMN born TYPE integer USING (born)', 17, '42804'],
  ['ALTER TABLE users ALTER COLUMN spans TYPE integer', 14, '42804'],
  ['ALTER TABLE users ALTER COLUMN born TYPE pair', 14, '42804'],
  ['ALTER TABLE users ALTER COLUMN twice TYPE bigint USING twice::bigint', 15, '42611'],
  ['ALTER TABLE events SET UNLOGGED', 16, '42P16'],
  ['ALTER TABLE users_pkey ADD COLUMN added integer', 15, '42809'],
  ['ALTER INDEX events_pkey OWNER TO pg_monitor', 15, '42809'],
  ['ALTER INDEX users_pkey ALTER COLUMN 1 SET STATISTICS 10', 14, '0A000'],
  ['ALTER DOMAIN short RENAME CONSTRAINT nothing TO other', 15, '42704'],
  ['CREATE TABLE made () INHERITS (orders, orders)', 15, '42P07'],
  ['CREATE TABLE made () INHERITS (orders, event_notes)', 15, '42804'],
  [
    "CREATE TABLE made PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01') PARTITION BY LIST (x)",
    15,
    '42703',
  ],
  ['CREATE TRIGGER made BEFORE TRUNCATE ON names EXECUTE FUNCTION touch()', 14, '42809'],
  ['CREATE TRIGGER made BEFORE TRUNCATE ON users FOR EACH ROW EXECUTE FUNCTION touch()', 15, '0A000'],
  ['CREATE OR REPLACE TRIGGER events_touch BEFORE INSERT ON events_1 EXECUTE FUNCTION touch()', 16, '42710'],
  ['CREATE INDEX ON users USING gin (spans)', 16, '42704'],
  ['CREATE PUBLICATION made FOR TABLES IN SCHEMA nothing', 17, '3F000'],
  ['DROP FUNCTION pure(integer)', 14, '2BP01'],
  ['DROP SCHEMA app', 14, '2BP01'],
  ['ALTER STATISTICS nothing SET SCHEMA app', 14, '42704'],
  ['ALTER TABLE users ALTER COLUMN parent TYPE bigint, ALTER COLUMN parent TYPE integer', 17, '0A000'],
  ['ALTER TABLE events SET ACCESS METHOD heap', 15, '42809'],
  ['CREATE TRIGGER made INSTEAD OF INSERT ON names EXECUTE FUNCTION touch()', 15, '0A000'],
  [
    'ALTER TABLE events ALTER COLUMN kind TYPE "char" USING kind::"char", ALTER id TYPE "char" USING id::"char"',
    15,
    '42846',
  ],
  ['DO $$ BEGIN CREATE INDEX made ON users (nothing); END $$', 13, '42703'],
  ['ALTER TABLE events ALTER COLUMN id TYPE money', 18, '42883'],
  ['ALTER TABLE orders ALTER COLUMN id TYPE float8', 16, '42883'],
  ['ALTER TABLE orders ALTER COLUMN feels TYPE mood USING feels::mood', 13, '42846'],
  ['ALTER TABLE users ALTER COLUMN spans TYPE "char" USING spans::"char"', 15, '42846'],
  ['CREATE INDEX made ON users (lower(spans::text))', 13, '42P17'],
  ["ALTER TABLE users ADD COLUMN added mood DEFAULT '2024-01-01'::date - '2023-01-01'::date", 13, '42804'],
  ['ALTER TABLE users ADD COLUMN added interval DEFAULT COALESCE(NULL, 1)', 13, '42804'],
  ["ALTER TABLE users ALTER COLUMN parent SET DEFAULT ARRAY['a']::text[]", 13, '42804'],
  ['ALTER INDEX events_pkey ATTACH PARTITION no_such_thing', 13, '42P01'],
  ['GRANT INSERT (no_such_column) ON users TO PUBLIC', 18, '42703'],
  ['INSERT INTO users SELECT * FROM users', 14, '428C9'],
  ['ALTER TABLE event_notes ADD UNIQUE (id), DROP COLUMN id, DROP COLUMN day', 18, '42703'],
  ['ALTER TABLE ONLY events ALTER CONSTRAINT events_owner DEFERRABLE', 18, '42P16'],
  ['ALTER TABLE events ADD CONSTRAINT u UNIQUE (id, day) DEFERRABLE, REPLICA IDENTITY USING INDEX u', 16, '0A000'],
  ['ALTER TABLE ONLY events ALTER COLUMN kind DROP NOT NULL', 16, '42P16'],
  ['ALTER TABLE users DROP COLUMN id CASCADE, VALIDATE CONSTRAINT users_parent_fkey', 16, '42704'],
];

/** What the facts took for refused. */
const ACCEPTED: readonly (readonly [sql: string, major: number])[] = [
  ['ALTER TABLE users ALTER COLUMN born TYPE name', 18],
  ['ALTER TABLE orders ALTER COLUMN feels TYPE text[]', 16],
  ['ALTER TABLE orders ALTER COLUMN user_id TYPE smallint', 16],
  ['CREATE TRIGGER made INSTEAD OF INSERT ON names FOR EACH ROW EXECUTE FUNCTION touch()', 14],
  ['ALTER DOMAIN short RENAME CONSTRAINT short_check TO other', 15],
  ['ALTER TABLE events ALTER COLUMN kind TYPE "char"', 14],
  ['ALTER TABLE ONLY events ALTER CONSTRAINT events_owner DEFERRABLE', 17],
  ['ALTER TABLE users ADD CONSTRAINT c CHECK (id > 0) NOT VALID, VALIDATE CONSTRAINT c', 13],
  ['ALTER TABLE users ADD CHECK (id > 0) NOT VALID, VALIDATE CONSTRAINT users_id_check', 18],
  ['ALTER TABLE users ADD CONSTRAINT u UNIQUE (id), REPLICA IDENTITY USING INDEX u', 16],
  ['ALTER TABLE orders ADD CONSTRAINT u UNIQUE (user_id), CLUSTER ON u', 16],
  ['ALTER TABLE counted ALTER a ADD GENERATED ALWAYS AS IDENTITY, ALTER a DROP DEFAULT', 13],
  ['ALTER TABLE counted ALTER b SET DEFAULT 4, ALTER b DROP IDENTITY', 18],
];

describe('what generated statements found', () => {
  test.each(REFUSED)('%s is refused on %i with %s', (sql, major, sqlstate) => {
    expect(factsOf(sql, major).failure?.sqlstate).toBe(sqlstate);
  });

  test.each(ACCEPTED)('%s goes through on %i', (sql, major) => {
    expect(factsOf(sql, major)).toMatchObject({ failure: null, certainty: 'known' });
  });

  test('a column that is not there leaves the partitions alone', () => {
    const { locks } = factsOf('ALTER TABLE events DROP COLUMN IF EXISTS nothing', 18);
    expect(locks).toEqual([{ relation: 'public.events', mode: 'ACCESS EXCLUSIVE' }]);
  });

  test('since 18 a foreign key that is not deferrable already is left alone in the partitions', () => {
    const sql = 'ALTER TABLE events ALTER CONSTRAINT events_owner NOT DEFERRABLE';
    expect(factsOf(sql, 17).locks.map((lock) => lock.relation)).toEqual(['public.events', 'public.events_1']);
    expect(factsOf(sql, 18).locks.map((lock) => lock.relation)).toEqual(['public.events']);
  });

  test('casts on the way to the new type are looked through', () => {
    const rewrites = (using: string): unknown =>
      factsOf(`ALTER TABLE users ALTER COLUMN name TYPE text USING ${using}`, 16).rewrites;
    expect(rewrites('name::varchar(40)::text')).toEqual([]);
    expect(rewrites('CAST((name)::text AS varchar)')).toEqual([]);
    expect(rewrites('name::varchar(10)::text')).toEqual(['public.users']);
    expect(rewrites('name::char::text')).toEqual(['public.users']);
    expect(rewrites('lower(name)')).toEqual(['public.users']);
  });

  test('DROP CONSTRAINT IF EXISTS of nothing leaves the tables below alone', () => {
    const { locks } = factsOf('ALTER TABLE base DROP CONSTRAINT IF EXISTS nothing', 16);
    expect(locks).toEqual([{ relation: 'public.base', mode: 'ACCESS EXCLUSIVE' }]);
  });

  test('a type that compares otherwise has a foreign key checked again, though no row is rewritten', () => {
    const facts = factsOf('ALTER TABLE named ALTER COLUMN name TYPE bpchar', 16);
    expect(facts).toMatchObject({ rewrites: [], scans: ['public.named', 'public.namesakes'] });
    expect(factsOf('ALTER TABLE named ALTER COLUMN name TYPE varchar', 16).scans).toEqual([]);
  });

  test('on 13 a partition that leaves loses its copy of a row trigger under ACCESS EXCLUSIVE', () => {
    const { locks } = factsOf('ALTER TABLE events DETACH PARTITION events_1', 13);
    expect(locks).toContainEqual({ relation: 'public.events_1', mode: 'ACCESS EXCLUSIVE' });
  });

  test('before 18 a NOT NULL that is there already is asked of inheriting tables again', () => {
    const locked = (major: number): unknown =>
      factsOf('ALTER TABLE base ALTER COLUMN id SET NOT NULL', major).locks.map((lock) => lock.relation);
    expect(locked(17)).toEqual(['public.base', 'public.derived']);
    expect(locked(18)).toEqual(['public.base']);
  });

  test('DROP SCHEMA CASCADE locks the table of statistics that lie in the schema', () => {
    const { locks } = factsOf('DROP SCHEMA app CASCADE', 17);
    expect(locks).toContainEqual({ relation: 'public.events', mode: 'SHARE UPDATE EXCLUSIVE' });
  });

  test('DROP FUNCTION CASCADE takes views and indexes along that call it', () => {
    const { locks } = factsOf('DROP FUNCTION pure(integer) CASCADE', 17);
    expect(locks.map((lock) => lock.relation)).toEqual(['public.orders', 'public.pures']);
  });

  test('a composite type moves to another schema without a lock', () => {
    expect(factsOf('ALTER TYPE pair SET SCHEMA app', 14).locks).toEqual([]);
  });

  test('a sequence that is commented on is locked like a table', () => {
    const { locks } = factsOf('COMMENT ON SEQUENCE app.numbers IS NULL', 17);
    expect(locks).toEqual([{ relation: 'app.numbers', mode: 'SHARE UPDATE EXCLUSIVE' }]);
  });

  test('CLUSTER of everything does not go into a transaction', () => {
    expect(factsOf('CLUSTER', 15).transaction).toBe('outside-only');
  });

  test('text to bpchar without a length keeps the rows', () => {
    expect(factsOf('ALTER TABLE event_notes ADD COLUMN n text', 15).rewrites).toEqual([]);
    expect(factsOf('ALTER TABLE events ALTER COLUMN kind TYPE bpchar', 15).rewrites).toEqual([]);
    expect(factsOf('ALTER TABLE events ALTER COLUMN kind TYPE char(9)', 15).rewrites).toEqual(['public.events_1']);
  });

  test('before 15 a changed foreign key to a partitioned table takes ACCESS EXCLUSIVE on the partitions with rows', () => {
    const sql = 'ALTER TABLE event_notes ALTER COLUMN id TYPE integer';
    const modes = (major: number): unknown => factsOf(sql, major).locks.map((lock) => [lock.relation, lock.mode]);
    expect(modes(14)).toEqual([
      ['public.event_notes', 'ACCESS EXCLUSIVE'],
      ['public.events', 'SHARE ROW EXCLUSIVE'],
      ['public.events_1', 'ACCESS EXCLUSIVE'],
    ]);
    expect(modes(15)).toContainEqual(['public.events', 'ACCESS EXCLUSIVE']);
    expect(factsOf(sql, 14).scans).toEqual(['public.events_1']);
  });

  test('an index that another command brings is built under SHARE on the partitions', () => {
    const { locks } = factsOf('ALTER TABLE events SET WITHOUT OIDS, ADD UNIQUE (id, day)', 17);
    expect(locks).toContainEqual({ relation: 'public.events_1', mode: 'SHARE' });
  });

  test('a sequence that a default elsewhere draws from holds its owner', () => {
    const failure = { sqlstate: '2BP01', reason: expect.stringContaining('stubs.id uses public.tickets_id_seq') };
    expect(factsOf('DROP TABLE tickets', 17).failure).toMatchObject(failure);
    expect(factsOf('ALTER TABLE tickets DROP COLUMN id', 17).failure).toMatchObject(failure);
    const cascade = factsOf('ALTER TABLE tickets DROP COLUMN id CASCADE', 17);
    expect(cascade.failure).toBeNull();
    expect(cascade.locks).toContainEqual({ relation: 'public.stubs', mode: 'ACCESS EXCLUSIVE' });
  });
});

const STATEMENTS = 200;

describe.each(MEASURED_MAJORS)('generated statements on PostgreSQL %i', (major) => {
  test(`${STATEMENTS} of them do what the facts say`, { timeout: 60_000 }, async () => {
    const schema = richSchema(major);
    const url = (name: string): string => `postgresql://postgres@127.0.0.1:${inject('postgresPorts')[major]}/${name}`;
    const tracer = await Tracer.on({ url, stop: async () => undefined }, schema);
    try {
      const folded = parseStatements(schema, 'schema').reduce(applyStatement, emptyCatalog(major));
      const catalogs = { folded, live: await tracer.catalog() };
      const options = { count: STATEMENTS, seed: 1, most: 5, focus: '', isStrict: false };
      const found: Unexplained[] = [];
      await new FuzzRun(tracer, catalogs, major, options).find((one) => found.push(one));
      expect(found).toEqual([]);
    } finally {
      await tracer.stop();
    }
  });
});
