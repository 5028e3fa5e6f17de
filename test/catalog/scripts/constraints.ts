import type { DdlScript } from './ddl-script.ts';

export const CONSTRAINT_SCRIPTS: readonly DdlScript[] = [
  {
    name: 'checks added, validated, dropped',
    sql: `CREATE TABLE t (a int, b int);
      ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0) NOT VALID;
      ALTER TABLE t VALIDATE CONSTRAINT c;
      ALTER TABLE t ADD CHECK (a IS NOT NULL AND b IS NOT NULL);
      ALTER TABLE t ADD CHECK (a > b) NOT VALID, ADD CHECK (b > 5);
      ALTER TABLE t ADD CHECK (coalesce(a, b) IN (1, 2, 3)), ADD CHECK (b BETWEEN 1 AND 9), ADD CHECK (a::text LIKE 'x%');
      ALTER TABLE t RENAME CONSTRAINT c TO d;
      ALTER TABLE t DROP CONSTRAINT d;
      ALTER TABLE t DROP CONSTRAINT IF EXISTS d;
      !ALTER TABLE t DROP CONSTRAINT d;`,
  },
  {
    name: 'foreign keys added, validated, dropped',
    sql: `CREATE TABLE p (id int PRIMARY KEY, a int, b int, UNIQUE (a, b));
      CREATE TABLE t (p_id int, a int, b int);
      ALTER TABLE t ADD FOREIGN KEY (p_id) REFERENCES p NOT VALID;
      ALTER TABLE t VALIDATE CONSTRAINT t_p_id_fkey;
      ALTER TABLE t ADD CONSTRAINT ab FOREIGN KEY (a, b) REFERENCES p (a, b) MATCH FULL ON DELETE RESTRICT ON UPDATE SET DEFAULT;
      ALTER TABLE t ADD FOREIGN KEY (b, a) REFERENCES p (b, a);
      ALTER TABLE t ALTER CONSTRAINT ab DEFERRABLE INITIALLY DEFERRED;
      ALTER TABLE t ALTER CONSTRAINT ab NOT DEFERRABLE;
      ALTER TABLE t RENAME CONSTRAINT ab TO ba;
      !ALTER TABLE p DROP CONSTRAINT p_pkey;
      ALTER TABLE t DROP CONSTRAINT ba;
      ALTER TABLE p DROP CONSTRAINT p_pkey CASCADE;
      DROP TABLE p CASCADE;`,
  },
  {
    name: 'a table that references itself',
    sql: `CREATE TABLE t (id int PRIMARY KEY, parent int REFERENCES t);
      ALTER TABLE t RENAME TO u;
      ALTER TABLE u RENAME COLUMN id TO key;
      DROP TABLE u;`,
  },
  {
    name: 'not enforced constraints of 18',
    sql: `CREATE TABLE p (id int PRIMARY KEY);
      CREATE TABLE t (a int CHECK (a > 0) NOT ENFORCED, p_id int REFERENCES p NOT ENFORCED);
      ALTER TABLE t ADD CONSTRAINT b CHECK (a < 9) NOT ENFORCED;
      ALTER TABLE t ALTER CONSTRAINT t_p_id_fkey ENFORCED;
      ALTER TABLE t ALTER CONSTRAINT t_p_id_fkey NOT ENFORCED;`,
    since: 18,
  },
  {
    name: 'keys added and dropped',
    sql: `CREATE TABLE t (a int, b int, c int);
      ALTER TABLE t ADD PRIMARY KEY (a);
      ALTER TABLE t ADD UNIQUE (b), ADD UNIQUE (b, c) INCLUDE (a);
      ALTER TABLE t ADD CONSTRAINT k UNIQUE (c) DEFERRABLE;
      ALTER TABLE t RENAME CONSTRAINT k TO kk;
      ALTER INDEX t_b_key RENAME TO b_unique;
      !DROP INDEX b_unique;
      ALTER TABLE t DROP CONSTRAINT b_unique;
      ALTER TABLE t DROP CONSTRAINT t_pkey;
      ALTER TABLE t ADD CONSTRAINT t_pk PRIMARY KEY (a, b);`,
  },
  {
    name: 'nulls not distinct',
    sql: `CREATE TABLE t (a int UNIQUE NULLS NOT DISTINCT, b int);
      ALTER TABLE t ADD UNIQUE NULLS NOT DISTINCT (b);
      CREATE UNIQUE INDEX ON t (a, b) NULLS NOT DISTINCT;`,
    since: 15,
  },
  {
    name: 'keys from indexes',
    sql: `CREATE TABLE t (a int, b int NOT NULL, c int);
      CREATE UNIQUE INDEX ia ON t (a);
      CREATE UNIQUE INDEX ib ON t (b);
      CREATE UNIQUE INDEX ic ON t (c) INCLUDE (a);
      ALTER TABLE t ADD CONSTRAINT pk PRIMARY KEY USING INDEX ia;
      ALTER TABLE t ADD UNIQUE USING INDEX ib;
      ALTER TABLE t ADD CONSTRAINT ic UNIQUE USING INDEX ic DEFERRABLE;
      !DROP INDEX pk;
      ALTER TABLE t DROP CONSTRAINT pk, DROP CONSTRAINT ib;`,
  },
  {
    name: 'a foreign key that relies on a plain unique index',
    sql: `CREATE TABLE p (a int, b int);
      CREATE UNIQUE INDEX pa ON p (a);
      CREATE TABLE t (a int REFERENCES p (a));
      !DROP INDEX pa;
      DROP INDEX pa CASCADE;`,
  },
  {
    name: 'names of checks by the columns they name',
    sql: `CREATE TABLE t (a int, b int, CHECK (a > 0 AND a < 9), CHECK (a > 0), CHECK (a = b), CHECK (length('x') > 0));
      ALTER TABLE t ADD CHECK (b = b), ADD CHECK (t IS NOT NULL);
      ALTER TABLE t ADD CONSTRAINT t_b_check1 CHECK (b > 1);
      ALTER TABLE t ADD CHECK (b > 2);`,
  },
  {
    name: 'periods of 18',
    sql: `CREATE EXTENSION btree_gist;
      CREATE TABLE t (id int, during daterange, PRIMARY KEY (id, during WITHOUT OVERLAPS));
      ALTER TABLE t ADD UNIQUE (during, id);`,
    since: 18,
  },
];
