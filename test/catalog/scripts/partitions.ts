import type { DdlScript } from './ddl-script.ts';

const EVENTS = `CREATE TABLE e (id bigint NOT NULL, at date NOT NULL, kind text DEFAULT 'x' CHECK (kind <> '')) PARTITION BY RANGE (at);
      CREATE TABLE e1 PARTITION OF e FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
      CREATE TABLE e2 PARTITION OF e FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
      CREATE TABLE ed PARTITION OF e DEFAULT;`;

export const PARTITION_SCRIPTS: readonly DdlScript[] = [
  { name: 'partitions by range', sql: EVENTS },
  {
    name: 'partitions by list and hash',
    sql: `CREATE TABLE l (a text, b int) PARTITION BY LIST (a);
      CREATE TABLE l1 PARTITION OF l FOR VALUES IN ('x', 'y');
      CREATE TABLE l2 PARTITION OF l FOR VALUES IN ('z', NULL);
      CREATE TABLE h (a int, b int) PARTITION BY HASH (a, b);
      CREATE TABLE h0 PARTITION OF h FOR VALUES WITH (MODULUS 2, REMAINDER 0);
      CREATE TABLE x (a int, b text) PARTITION BY RANGE (a, lower(b));
      CREATE TABLE x1 PARTITION OF x FOR VALUES FROM (MINVALUE, MINVALUE) TO (5, 'm');`,
  },
  {
    name: 'columns of partitioned tables',
    sql: `${EVENTS}
      ALTER TABLE e ADD COLUMN a int;
      ALTER TABLE e ADD COLUMN b int NOT NULL DEFAULT 7 CHECK (b > 0);
      ALTER TABLE e ADD COLUMN c serial;
      ALTER TABLE e ALTER a SET NOT NULL;
      ALTER TABLE e ALTER a SET DEFAULT 3;
      ALTER TABLE ONLY e ALTER a SET DEFAULT 4;
      ALTER TABLE e1 ALTER a SET DEFAULT 5;
      ALTER TABLE e ALTER kind TYPE varchar(30);
      ALTER TABLE e ALTER a DROP NOT NULL;
      ALTER TABLE e RENAME COLUMN kind TO sort;
      ALTER TABLE e RENAME COLUMN at TO happened;
      ALTER TABLE e DROP COLUMN a;
      ALTER TABLE e ALTER b DROP DEFAULT;`,
  },
  {
    name: 'keys of partitioned tables',
    sql: `${EVENTS}
      ALTER TABLE e ADD PRIMARY KEY (id, at);
      ALTER TABLE e ADD UNIQUE (kind, at);
      CREATE TABLE e3 PARTITION OF e FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
      ALTER TABLE e RENAME CONSTRAINT e_pkey TO e_pk;
      ALTER INDEX e_kind_at_key RENAME TO kinds;
      ALTER TABLE e DROP CONSTRAINT kinds;
      ALTER TABLE e DROP CONSTRAINT e_pk;`,
  },
  {
    name: 'keys on the parent only',
    sql: `${EVENTS}
      ALTER TABLE ONLY e ADD CONSTRAINT k UNIQUE (id, at);
      ALTER TABLE e1 ADD CONSTRAINT k1 UNIQUE (id, at);
      ALTER TABLE e2 ADD CONSTRAINT k2 UNIQUE (id, at);
      ALTER TABLE ed ADD CONSTRAINT kd UNIQUE (id, at);
      ALTER INDEX k ATTACH PARTITION k1;
      ALTER INDEX k ATTACH PARTITION k2;
      ALTER INDEX k ATTACH PARTITION kd;`,
  },
  {
    name: 'indexes of partitioned tables',
    sql: `${EVENTS}
      CREATE INDEX ON e (kind);
      CREATE INDEX named ON e (lower(kind), id) WHERE id > 0;
      CREATE INDEX own ON e1 (id);
      CREATE INDEX ON e (id);
      CREATE INDEX ON e (id);
      CREATE TABLE e3 PARTITION OF e FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
      !DROP INDEX e1_kind_idx;
      DROP INDEX e_kind_idx;
      DROP INDEX named;`,
  },
  {
    name: 'an index on the parent only, attached piece by piece',
    sql: `${EVENTS}
      CREATE INDEX i ON ONLY e (kind);
      CREATE INDEX CONCURRENTLY i1 ON e1 (kind);
      ALTER INDEX i ATTACH PARTITION i1;
      CREATE INDEX CONCURRENTLY i2 ON e2 (kind);
      ALTER INDEX i ATTACH PARTITION i2;
      CREATE INDEX CONCURRENTLY i3 ON ed (kind);
      ALTER INDEX i ATTACH PARTITION i3;`,
  },
  {
    name: 'foreign keys of partitioned tables',
    sql: `CREATE TABLE p (id int PRIMARY KEY);
      CREATE TABLE l (a int NOT NULL, p_id int REFERENCES p) PARTITION BY LIST (a);
      CREATE TABLE l1 PARTITION OF l FOR VALUES IN (1);
      CREATE TABLE l2 (a int NOT NULL, p_id int REFERENCES p);
      ALTER TABLE l ATTACH PARTITION l2 FOR VALUES IN (2);
      ALTER TABLE l ADD COLUMN q_id int;
      ALTER TABLE l ADD CONSTRAINT q FOREIGN KEY (q_id) REFERENCES p ON DELETE CASCADE;
      CREATE TABLE l3 PARTITION OF l FOR VALUES IN (3);
      ALTER TABLE l DETACH PARTITION l3;
      ALTER TABLE l DROP CONSTRAINT q;
      ALTER TABLE l DROP CONSTRAINT l_p_id_fkey;`,
  },
  {
    name: 'foreign keys to partitioned tables',
    sql: `CREATE TABLE l (a int PRIMARY KEY) PARTITION BY LIST (a);
      CREATE TABLE l1 PARTITION OF l FOR VALUES IN (1);
      CREATE TABLE t (a int CONSTRAINT to_l REFERENCES l);
      CREATE TABLE l2 PARTITION OF l FOR VALUES IN (2);
      !DROP TABLE l;
      ALTER TABLE l DETACH PARTITION l2;
      ALTER TABLE t DROP CONSTRAINT to_l;`,
  },
  {
    name: 'attach and detach',
    sql: `${EVENTS}
      CREATE INDEX ON e (kind);
      ALTER TABLE e ADD UNIQUE (id, at);
      CREATE TABLE n (LIKE e INCLUDING DEFAULTS INCLUDING CONSTRAINTS);
      CREATE INDEX nk ON n (kind);
      ALTER TABLE n ADD CONSTRAINT nc CHECK (at >= '2030-01-01' AND at < '2031-01-01');
      ALTER TABLE e ATTACH PARTITION n FOR VALUES FROM ('2030-01-01') TO ('2031-01-01');
      ALTER TABLE n DROP CONSTRAINT nc;
      ALTER TABLE e DETACH PARTITION n;
      ALTER TABLE e DETACH PARTITION ed;
      DROP TABLE e1;
      DROP TABLE e;`,
  },
  {
    name: 'detach concurrently',
    sql: `CREATE TABLE e (id int, at date NOT NULL) PARTITION BY RANGE (at);
      CREATE TABLE e1 PARTITION OF e FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
      CREATE TABLE e2 PARTITION OF e FOR VALUES FROM (MINVALUE) TO ('2023-01-01');
      ALTER TABLE e DETACH PARTITION e1 CONCURRENTLY;
      ALTER TABLE e DETACH PARTITION e2 CONCURRENTLY;
      CREATE TABLE l (a int) PARTITION BY LIST (a);
      CREATE TABLE l1 PARTITION OF l FOR VALUES IN (1, 2);
      ALTER TABLE l DETACH PARTITION l1 CONCURRENTLY;
      CREATE TABLE m (a int, b int) PARTITION BY RANGE (a, b);
      CREATE TABLE m1 PARTITION OF m FOR VALUES FROM (1, 1) TO (2, MAXVALUE);
      ALTER TABLE m DETACH PARTITION m1 CONCURRENTLY;`,
    since: 14,
  },
  {
    name: 'partitions of partitions',
    sql: `CREATE TABLE a (id int, r text, at date) PARTITION BY LIST (r);
      CREATE TABLE b PARTITION OF a FOR VALUES IN ('eu') PARTITION BY RANGE (at);
      CREATE TABLE c PARTITION OF b FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
      CREATE INDEX ON a (id);
      ALTER TABLE a ADD UNIQUE (id, r, at);
      ALTER TABLE a ADD COLUMN n int NOT NULL DEFAULT 0;
      ALTER TABLE a ADD CHECK (n >= 0);
      CREATE TABLE d PARTITION OF b FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
      ALTER TABLE b DETACH PARTITION c;
      DROP INDEX a_id_idx;
      ALTER TABLE a DROP COLUMN n;
      ALTER TABLE a DETACH PARTITION b;
      DROP TABLE a;`,
  },
  {
    name: 'identity on partitioned tables of 17',
    sql: `CREATE TABLE e (id int GENERATED ALWAYS AS IDENTITY, a int) PARTITION BY LIST (a);
      CREATE TABLE e1 PARTITION OF e FOR VALUES IN (1);
      CREATE TABLE e2 (id int NOT NULL, a int);
      ALTER TABLE e ATTACH PARTITION e2 FOR VALUES IN (2);
      ALTER TABLE e ALTER id SET GENERATED BY DEFAULT;
      ALTER TABLE e DETACH PARTITION e2;
      ALTER TABLE e ALTER id DROP IDENTITY;
      ALTER TABLE e ADD COLUMN n bigint GENERATED ALWAYS AS IDENTITY;`,
    since: 17,
  },
  {
    name: 'identity on partitioned tables before 17',
    sql: `CREATE TABLE e (id int GENERATED ALWAYS AS IDENTITY, a int) PARTITION BY LIST (a);
      CREATE TABLE e1 PARTITION OF e FOR VALUES IN (1);`,
    until: 16,
  },
  {
    name: 'partitions with columns of their own mind',
    sql: `CREATE TABLE e (id int, a int DEFAULT 3) PARTITION BY LIST (id);
      CREATE TABLE e1 PARTITION OF e (a DEFAULT 4 CHECK (a > 0), id PRIMARY KEY, CONSTRAINT c CHECK (a < 9)) FOR VALUES IN (1);
      CREATE TABLE e2 PARTITION OF e (a NOT NULL) FOR VALUES IN (2);
      ALTER TABLE e2 ADD CONSTRAINT own UNIQUE (a);
      CREATE TABLE IF NOT EXISTS e2 PARTITION OF e FOR VALUES IN (3);`,
  },
  {
    name: 'constraints of partitioned tables',
    sql: `${EVENTS}
      ALTER TABLE e ADD CONSTRAINT c CHECK (id > 0) NOT VALID;
      ALTER TABLE e VALIDATE CONSTRAINT c;
      ALTER TABLE e1 ADD CONSTRAINT own CHECK (id < 9);
      ALTER TABLE e RENAME CONSTRAINT c TO d;
      ALTER TABLE e DROP CONSTRAINT d;
      ALTER TABLE e DROP CONSTRAINT e_kind_check;`,
  },
  {
    name: 'triggers of partitioned tables',
    sql: `${EVENTS}
      CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'begin return new; end';
      CREATE TRIGGER by_row AFTER INSERT ON e FOR EACH ROW EXECUTE FUNCTION f();
      CREATE TRIGGER by_statement AFTER INSERT ON e FOR EACH STATEMENT EXECUTE FUNCTION f();
      CREATE TRIGGER implied AFTER INSERT ON e EXECUTE FUNCTION f();
      CREATE TRIGGER own AFTER INSERT ON e1 FOR EACH ROW EXECUTE FUNCTION f();
      CREATE TABLE e3 PARTITION OF e FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
      ALTER TABLE e DETACH PARTITION e3;
      ALTER TABLE e ATTACH PARTITION e3 FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
      ALTER TRIGGER by_row ON e RENAME TO each_row;
      DROP TRIGGER by_statement ON e;`,
  },
  {
    name: 'triggers of partitioned tables dropped',
    sql: `${EVENTS}
      CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'begin return new; end';
      CREATE TRIGGER by_row AFTER INSERT ON e FOR EACH ROW EXECUTE FUNCTION f();
      DROP TRIGGER by_row ON e;
      CREATE TRIGGER by_row AFTER INSERT ON e FOR EACH ROW EXECUTE FUNCTION f();
      DROP FUNCTION f CASCADE;`,
  },
  {
    name: 'rename, move and drop partitions',
    sql: `${EVENTS}
      CREATE SCHEMA old;
      CREATE INDEX ON e (kind);
      ALTER TABLE e1 SET SCHEMA old;
      ALTER TABLE old.e1 RENAME TO e2024;
      ALTER TABLE e RENAME TO events;
      DROP TABLE old.e2024;
      CREATE TABLE old.e3 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
      DROP SCHEMA old CASCADE;
      DROP TABLE events;`,
  },
  {
    name: 'plain inheritance',
    sql: `CREATE TABLE p (id int PRIMARY KEY, a text NOT NULL DEFAULT 'x' CHECK (a <> ''), b int CHECK (b > 0) NO INHERIT);
      CREATE TABLE c (extra int) INHERITS (p);
      CREATE TABLE d (a text DEFAULT 'y', id bigint) INHERITS (c);`.replace(', id bigint', ''),
  },
  {
    name: 'changes that children inherit',
    sql: `CREATE TABLE p (id int, a text);
      CREATE TABLE c (b int) INHERITS (p);
      ALTER TABLE p ADD COLUMN n int NOT NULL DEFAULT 1;
      ALTER TABLE p ALTER a SET NOT NULL;
      ALTER TABLE p ADD CHECK (id > 0);
      ALTER TABLE p ADD CONSTRAINT only_p CHECK (id < 9) NO INHERIT;
      ALTER TABLE p RENAME a TO aa;
      ALTER TABLE p ALTER id TYPE bigint;
      ALTER TABLE p ALTER aa SET DEFAULT 'z';
      ALTER TABLE p ADD UNIQUE (id);
      ALTER TABLE p ALTER aa DROP NOT NULL;
      ALTER TABLE p DROP COLUMN aa;
      ALTER TABLE p DROP CONSTRAINT p_id_check;
      ALTER TABLE c NO INHERIT p;
      ALTER TABLE c INHERIT p;
      !DROP TABLE p;
      DROP TABLE p CASCADE;`,
  },
  {
    name: 'two parents',
    sql: `CREATE TABLE p (id int, a int);
      CREATE TABLE q (id int NOT NULL, b int);
      CREATE TABLE c (c int) INHERITS (p, q);
      ALTER TABLE q ADD COLUMN d int;
      ALTER TABLE c NO INHERIT q;`,
  },
];
