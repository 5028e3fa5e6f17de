import type { DdlScript } from './ddl-script.ts';

export const OTHER_SCRIPTS: readonly DdlScript[] = [
  {
    name: 'views',
    sql: `CREATE TABLE t (a int, b int, c int);
      CREATE TABLE u (a int, d int);
      CREATE VIEW v AS SELECT a, b FROM t WHERE c > 0;
      CREATE VIEW w AS SELECT t.a, u.d FROM t JOIN u ON t.a = u.a;
      CREATE VIEW x AS SELECT v.a, n FROM v, (SELECT count(*) AS n FROM u) s;
      CREATE OR REPLACE VIEW v AS SELECT a, b, c FROM t;
      CREATE VIEW y AS WITH q AS (SELECT a FROM u) SELECT * FROM q;
      CREATE VIEW z AS SELECT * FROM t;
      CREATE VIEW one AS SELECT 1 AS one;
      ALTER VIEW v ALTER COLUMN a SET DEFAULT 1;
      ALTER VIEW v SET (security_barrier = true);
      ALTER VIEW w RENAME TO ww;
      !DROP VIEW v;
      DROP VIEW v CASCADE;
      DROP VIEW IF EXISTS v;
      DROP TABLE u CASCADE;`,
  },
  {
    name: 'materialized views',
    sql: `CREATE TABLE t (a int, b int);
      CREATE MATERIALIZED VIEW m AS SELECT a, b FROM t WITH NO DATA;
      CREATE VIEW v AS SELECT * FROM m;
      REFRESH MATERIALIZED VIEW m;
      !DROP MATERIALIZED VIEW m;
      !DROP TABLE t;
      ALTER TABLE t RENAME TO tt;
      DROP MATERIALIZED VIEW m CASCADE;`,
  },
  {
    name: 'sequences',
    sql: `CREATE SEQUENCE s;
      CREATE SEQUENCE s2 AS smallint START 5;
      CREATE TABLE t (id int DEFAULT nextval('s'), n int);
      ALTER SEQUENCE s OWNED BY t.id;
      ALTER SEQUENCE s RESTART WITH 10;
      ALTER SEQUENCE s2 AS int INCREMENT 2;
      ALTER SEQUENCE s OWNED BY NONE;
      ALTER SEQUENCE s RENAME TO numbers;
      !DROP SEQUENCE numbers;
      ALTER TABLE t ALTER n SET DEFAULT nextval('public.s2'::regclass);
      DROP SEQUENCE s2 CASCADE;
      CREATE SEQUENCE s3 OWNED BY t.n;
      ALTER TABLE t DROP COLUMN n;
      DROP SEQUENCE numbers CASCADE;
      DROP SEQUENCE IF EXISTS nothing;`,
  },
  {
    name: 'a serial by hand',
    sql: `CREATE TABLE t (id int NOT NULL);
      CREATE SEQUENCE t_id_seq AS integer OWNED BY t.id;
      ALTER TABLE t ALTER id SET DEFAULT nextval('t_id_seq');
      ALTER TABLE t RENAME TO u;
      ALTER SEQUENCE t_id_seq RENAME TO "U_seq";
      CREATE SCHEMA app;
      ALTER TABLE u SET SCHEMA app;
      DROP TABLE app.u;`,
  },
  {
    name: 'enums',
    sql: `CREATE TYPE mood AS ENUM ('sad', 'ok');
      CREATE TABLE t (m mood DEFAULT 'ok', ms mood[]);
      ALTER TYPE mood ADD VALUE 'happy';
      ALTER TYPE mood ADD VALUE IF NOT EXISTS 'happy';
      ALTER TYPE mood ADD VALUE 'meh' BEFORE 'ok';
      ALTER TYPE mood ADD VALUE 'fine' AFTER 'ok';
      ALTER TYPE mood RENAME VALUE 'sad' TO 'blue';
      ALTER TYPE mood RENAME TO feeling;
      CREATE SCHEMA app;
      ALTER TYPE feeling SET SCHEMA app;
      ALTER TABLE t ALTER m SET DEFAULT 'fine';
      !DROP TYPE app.feeling;
      DROP TYPE app.feeling CASCADE;`,
  },
  {
    name: 'domains',
    sql: `CREATE DOMAIN posint AS int CHECK (VALUE > 0);
      CREATE DOMAIN code AS varchar(5) NOT NULL CONSTRAINT filled CHECK (VALUE <> '') CHECK (VALUE <> ' ');
      CREATE DOMAIN small AS posint CHECK (VALUE < 10);
      CREATE TABLE t (a posint, b code, c small);
      ALTER DOMAIN posint ADD CHECK (VALUE < 100) NOT VALID;
      ALTER DOMAIN posint VALIDATE CONSTRAINT posint_check1;
      ALTER DOMAIN posint ADD CONSTRAINT even CHECK (VALUE % 2 = 0);
      ALTER DOMAIN posint RENAME CONSTRAINT even TO even_number;
      ALTER DOMAIN posint DROP CONSTRAINT even_number;
      ALTER DOMAIN code DROP NOT NULL;
      ALTER DOMAIN posint SET NOT NULL;
      ALTER DOMAIN posint SET DEFAULT 1;
      ALTER DOMAIN posint RENAME TO positive;
      !DROP DOMAIN positive;
      DROP DOMAIN small CASCADE;
      DROP DOMAIN code CASCADE;`,
  },
  {
    name: 'composite and range types',
    sql: `CREATE TYPE pair AS (a int, b text);
      CREATE TABLE t (p pair, q pair[]);
      ALTER TYPE pair ADD ATTRIBUTE c int CASCADE;
      CREATE TYPE span AS RANGE (subtype = int8);
      ALTER TABLE t ADD COLUMN s span;
      ALTER TYPE pair RENAME TO two;
      DROP TYPE span CASCADE;`,
  },
  {
    name: 'functions in defaults, checks and indexes',
    sql: `CREATE FUNCTION f(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'select $1 + 1';
      CREATE FUNCTION g() RETURNS int LANGUAGE plpgsql AS 'begin return 1; end';
      CREATE TABLE t (a int DEFAULT g(), b int CHECK (f(b) > 0), c int GENERATED ALWAYS AS (f(b)) STORED, d int);
      CREATE INDEX ON t (f(b));
      CREATE INDEX ON t (d) WHERE f(d) > 1;
      CREATE OR REPLACE FUNCTION g() RETURNS int LANGUAGE plpgsql STABLE AS 'begin return 2; end';
      ALTER FUNCTION f RENAME TO f2;
      CREATE SCHEMA app;
      ALTER FUNCTION g SET SCHEMA app;
      !DROP FUNCTION f2;
      DROP FUNCTION f2 CASCADE;
      DROP FUNCTION app.g() CASCADE;
      CREATE PROCEDURE pr() LANGUAGE sql AS 'select 1';
      DROP FUNCTION IF EXISTS nothing;`,
  },
  {
    name: 'functions in SQL form',
    sql: `CREATE FUNCTION f(x int) RETURNS int LANGUAGE sql IMMUTABLE RETURN x + 1;
      CREATE TABLE t (a int DEFAULT f(2));`,
    since: 14,
  },
  {
    name: 'triggers',
    sql: `CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'begin return new; end';
      CREATE TABLE t (a int, b int, c int);
      CREATE TRIGGER one BEFORE INSERT OR UPDATE OF b, a ON t FOR EACH ROW EXECUTE FUNCTION f();
      CREATE TRIGGER two AFTER UPDATE ON t FOR EACH ROW WHEN (old.a IS DISTINCT FROM new.a) EXECUTE FUNCTION f();
      CREATE CONSTRAINT TRIGGER three AFTER INSERT ON t DEFERRABLE FOR EACH ROW EXECUTE FUNCTION f();
      CREATE TRIGGER four AFTER TRUNCATE ON t EXECUTE FUNCTION f();
      ALTER TABLE t DISABLE TRIGGER one;
      ALTER TABLE t ENABLE TRIGGER ALL;
      ALTER TRIGGER one ON t RENAME TO uno;
      DROP TRIGGER two ON t;
      DROP TRIGGER IF EXISTS two ON t;
      ALTER TABLE t DROP COLUMN a CASCADE;
      !DROP FUNCTION f;
      DROP FUNCTION f CASCADE;`,
  },
  {
    name: 'triggers replaced',
    sql: `CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'begin return new; end';
      CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS 'begin return new; end';
      CREATE TABLE t (a int, b int);
      CREATE TRIGGER one BEFORE UPDATE OF a ON t FOR EACH ROW EXECUTE FUNCTION f();
      CREATE OR REPLACE TRIGGER one BEFORE UPDATE OF b ON t FOR EACH ROW EXECUTE FUNCTION g();`,
    since: 14,
  },
  {
    name: 'extensions',
    sql: `CREATE EXTENSION citext;
      CREATE EXTENSION IF NOT EXISTS citext;
      CREATE TABLE t (a citext UNIQUE, b citext[]);
      CREATE EXTENSION "uuid-ossp";
      CREATE EXTENSION pgcrypto;
      CREATE EXTENSION hstore;
      CREATE EXTENSION ltree;
      CREATE EXTENSION cube;
      CREATE EXTENSION isn;
      CREATE EXTENSION seg;
      CREATE EXTENSION intarray;
      CREATE EXTENSION pg_trgm;
      CREATE EXTENSION lo;
      CREATE INDEX ON t USING gin (a gin_trgm_ops);
      CREATE EXTENSION btree_gist;
      CREATE TABLE rooms (room int, during tsrange, EXCLUDE USING gist (room WITH =, during WITH &&));
      CREATE EXTENSION IF NOT EXISTS plpgsql;
      DROP EXTENSION hstore;
      !DROP EXTENSION citext;
      DROP EXTENSION citext CASCADE;`,
  },
  {
    name: 'schemas',
    sql: `CREATE SCHEMA app;
      CREATE SCHEMA IF NOT EXISTS app;
      CREATE TABLE app.t (id int PRIMARY KEY);
      CREATE TYPE app.mood AS ENUM ('a');
      CREATE TABLE t (id int REFERENCES app.t, m app.mood);
      CREATE VIEW v AS SELECT * FROM app.t;
      !DROP SCHEMA app;
      DROP SCHEMA app CASCADE;
      CREATE SCHEMA empty;
      DROP SCHEMA empty;
      DROP SCHEMA IF EXISTS empty;`,
  },
];
