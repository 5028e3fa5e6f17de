import type { DdlScript } from './ddl-script.ts';

export const INDEX_SCRIPTS: readonly DdlScript[] = [
  {
    name: 'indexes of every kind',
    sql: `CREATE TABLE t (a int, b text, c jsonb, d int[], e tsvector, f timestamptz);
      CREATE INDEX i1 ON t (a);
      CREATE UNIQUE INDEX i2 ON t (a, b DESC NULLS LAST);
      CREATE INDEX i3 ON t USING gin (c);
      CREATE INDEX i4 ON t USING gin (c jsonb_path_ops);
      CREATE INDEX i5 ON t USING hash (b);
      CREATE INDEX i6 ON t USING brin (f);
      CREATE INDEX i7 ON t (lower(b), a) INCLUDE (f) WHERE a > 0 AND b IS NOT NULL;
      CREATE INDEX i8 ON t (b text_pattern_ops, (a + 1));
      CREATE INDEX i9 ON t (b COLLATE "C") WITH (fillfactor = 80);
      CREATE INDEX CONCURRENTLY i10 ON t (f);
      CREATE INDEX CONCURRENTLY IF NOT EXISTS i10 ON t (f);
      REINDEX INDEX i1;
      REINDEX INDEX CONCURRENTLY i2;
      REINDEX TABLE t;
      DROP INDEX i1, i2;
      DROP INDEX CONCURRENTLY i3;
      DROP INDEX IF EXISTS i1;
      ALTER INDEX i5 RENAME TO hashed;
      ALTER TABLE i6 RENAME TO ranged;
      ALTER INDEX IF EXISTS nothing RENAME TO something;`,
  },
  {
    name: 'index names that the server makes up',
    sql: `CREATE TABLE t (a int, b text, c text, d jsonb);
      CREATE INDEX ON t (a);
      CREATE INDEX ON t (a);
      CREATE UNIQUE INDEX ON t (a, b);
      CREATE INDEX ON t (lower(b));
      CREATE INDEX ON t (lower(b), upper(c), lower(c));
      CREATE INDEX ON t ((a + 1));
      CREATE INDEX ON t ((a + 1), (a + 2));
      CREATE INDEX ON t ((b || c), b);
      CREATE INDEX ON t (coalesce(b, c));
      CREATE INDEX ON t ((a::text));
      CREATE INDEX ON t ((d ->> 'x'));
      CREATE INDEX ON t (((d ->> 'n')::int));
      CREATE INDEX ON t (((d ->> 'n')::numeric));
      CREATE INDEX ON t ((CASE WHEN a > 0 THEN 1 ELSE 2 END));
      CREATE INDEX ON t ((b || lower(c)));
      CREATE INDEX ON t (a) INCLUDE (b, c);
      CREATE INDEX ON t ((lower(b)) DESC);
      CREATE INDEX ON t (date_trunc('day', '2020-01-01'::timestamp));
      CREATE INDEX ON t (greatest(a, 3), nullif(a, 4));
      CREATE INDEX ON t ((a > 0));
      CREATE INDEX ON t ((lower(b)::varchar));
      CREATE INDEX ON t ((b COLLATE "C"), (c));
      CREATE INDEX ON t (pg_catalog.upper(b));`,
  },
  {
    name: 'indexes in schemas',
    sql: `CREATE SCHEMA app;
      CREATE TABLE app.t (a int);
      CREATE INDEX i ON app.t (a);
      CREATE TABLE t (a int);
      CREATE INDEX i ON t (a);
      DROP INDEX app.i;
      DROP INDEX i;
      CREATE INDEX ON app.t (a);`,
  },
  {
    name: 'indexes on materialized views',
    sql: `CREATE TABLE t (a int, b int);
      CREATE MATERIALIZED VIEW m AS SELECT a, b FROM t;
      CREATE UNIQUE INDEX ON m (a);
      CREATE INDEX mb ON m (b);
      REFRESH MATERIALIZED VIEW CONCURRENTLY m;
      ALTER MATERIALIZED VIEW m RENAME TO n;
      ALTER MATERIALIZED VIEW n RENAME COLUMN b TO bb;
      DROP INDEX mb;
      DROP MATERIALIZED VIEW n;`,
  },
];
