import type { DdlScript } from './ddl-script.ts';

/** What points at tables by name without being part of them. */
export const HANGING_SCRIPTS: readonly DdlScript[] = [
  {
    name: 'policies and what they name',
    sql: `CREATE TABLE members (id int, name text);
      CREATE TABLE t (a int, b text, c int);
      CREATE POLICY mine ON t USING (a > 0 AND b IN (SELECT name FROM members WHERE members.id = t.c));
      CREATE POLICY other ON t WITH CHECK (c > 1);
      ALTER POLICY other ON t TO PUBLIC;
      ALTER TABLE t RENAME COLUMN a TO aa;
      ALTER TABLE members RENAME TO people;
      ALTER TABLE t RENAME TO tt;
      ALTER POLICY mine ON tt RENAME TO theirs;
      ALTER TABLE people DROP COLUMN name CASCADE;
      DROP POLICY other ON tt;`,
  },
  {
    name: 'extended statistics',
    sql: `CREATE TABLE t (a int, b int, c int);
      CREATE STATISTICS s ON a, b FROM t;
      CREATE STATISTICS IF NOT EXISTS s ON b, c FROM t;
      CREATE SCHEMA app;
      CREATE STATISTICS app.s2 ON b, c FROM t;
      ALTER STATISTICS s RENAME TO named;
      ALTER TABLE t RENAME COLUMN b TO bb;
      ALTER TABLE t SET SCHEMA app;
      DROP STATISTICS named;
      CREATE TABLE copy (LIKE app.t INCLUDING STATISTICS);
      ALTER TABLE app.t DROP COLUMN c;
      DROP TABLE copy;`,
  },
  {
    name: 'publications',
    sql: `CREATE TABLE t (a int PRIMARY KEY);
      CREATE TABLE u (a int PRIMARY KEY);
      CREATE PUBLICATION p FOR TABLE t;
      CREATE PUBLICATION everything FOR ALL TABLES;
      ALTER PUBLICATION p ADD TABLE u;
      ALTER PUBLICATION p SET (publish = 'insert');
      ALTER TABLE u RENAME TO uu;
      ALTER PUBLICATION p DROP TABLE t;
      ALTER PUBLICATION p SET TABLE t;
      ALTER PUBLICATION p RENAME TO q;
      DROP PUBLICATION everything;
      DROP TABLE t;
      DROP PUBLICATION q;`,
  },
  {
    name: 'overloads and the columns of views',
    sql: `CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql AS 'SELECT 1';
      CREATE FUNCTION f(a text) RETURNS SETOF text LANGUAGE sql AS 'SELECT a';
      CREATE OR REPLACE FUNCTION f(a int) RETURNS int LANGUAGE sql AS 'SELECT 2';
      CREATE PROCEDURE p(a int[], INOUT b numeric(10, 2)) LANGUAGE sql AS 'SELECT b';
      DROP FUNCTION f(text);
      CREATE TABLE t (a int, b varchar(20));
      CREATE VIEW v (x, y) AS SELECT a, b FROM t;
      CREATE VIEW w AS SELECT v.*, lower(y), count(*) OVER () AS n FROM v;
      CREATE OR REPLACE VIEW v (x, y) AS SELECT a, b, 1 AS z FROM t;
      ALTER VIEW w RENAME COLUMN lower TO low;
      CREATE TABLE copy AS SELECT w.x, w.y AS why FROM w;
      CREATE MATERIALIZED VIEW m AS SELECT * FROM v JOIN t ON t.a = v.x;`,
  },
  {
    name: 'clustered tables',
    sql: `CREATE TABLE t (a int PRIMARY KEY, b int);
      CREATE INDEX b_idx ON t (b);
      CLUSTER t USING b_idx;
      ALTER TABLE t CLUSTER ON t_pkey;
      ALTER TABLE t SET WITHOUT CLUSTER;
      ALTER TABLE t SET TABLESPACE pg_default;`,
  },
];
