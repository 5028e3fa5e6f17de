import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { richSchema } from '../../measure/fuzz/rich-schema.ts';
import { catalogDifferences } from '../../src/catalog/catalog-differences.ts';
import { catalogFingerprint } from '../../src/catalog/catalog-fingerprint.ts';
import { readCatalog } from '../../src/catalog/read-catalog.ts';
import { schemaSql, writeSchema } from '../../src/catalog/write-schema.ts';
import type { Connection } from '../../src/db/connection.ts';
import { connectPostgres } from '../../src/db/postgres.ts';
import type { Catalog } from '../../src/model/catalog.ts';
import { createTestDatabase } from '../support/test-database.ts';

const SHOP = readdirSync('examples/shop/sql')
  .sort()
  .map((file) => readFileSync(`examples/shop/sql/${file}`, 'utf8'));

/** What the rich schema lacks. */
const ODDITIES = (major: number): string => `
CREATE SEQUENCE keyed_seq AS smallint;
CREATE EXTENSION citext;
CREATE DOMAIN late AS text;
ALTER DOMAIN late ADD CONSTRAINT late_check CHECK (VALUE <> '') NOT VALID;
CREATE TYPE stretch AS RANGE (subtype = integer);
CREATE TABLE "Select" ("Order" citext, "b""c" numeric(5,${major >= 15 ? '-2' : '2'}), d bit(3), e varbit(4), f interval(2), g "char", h char(4),
  i timestamp(2), j time(1)[], k text COLLATE "C", l stretch, m late, n bpchar, o bit varying);
CREATE TABLE keyed (a integer NOT NULL, b integer, c integer, d integer,
  CONSTRAINT keyed_pkey PRIMARY KEY (a) INCLUDE (b) WITH (fillfactor = 70) DEFERRABLE,
  CONSTRAINT keyed_c UNIQUE (c, d));
CREATE TABLE keys (id integer PRIMARY KEY);
ALTER TABLE keyed REPLICA IDENTITY FULL;
ALTER TABLE keyed ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE INDEX keyed_broken ON keyed (b DESC NULLS LAST) WHERE c > 0;
UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'keyed_broken'::regclass;
CREATE FUNCTION of_table("Select") RETURNS SETOF keyed LANGUAGE sql STABLE AS $$ SELECT * FROM keyed $$;
CREATE FUNCTION plain(a integer, b text DEFAULT '\\''') RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN a || b; END $$;
${major >= 14 ? 'CREATE FUNCTION standard() RETURNS bigint LANGUAGE sql RETURN (SELECT count(*) FROM keyed);' : ''}
${major >= 14 ? 'CREATE STATISTICS keyed_stats ON (a + b) , c FROM keyed;' : ''}
CREATE TRIGGER keyed_when AFTER INSERT ON keyed FOR EACH ROW WHEN (NEW.b > 0) EXECUTE FUNCTION suppress_redundant_updates_trigger();
CREATE TABLE deep (a integer, b integer, CONSTRAINT deep_key UNIQUE (a, b)) PARTITION BY RANGE (a);
CREATE TABLE deep_1 (b integer, a integer) PARTITION BY LIST (b);
CREATE TABLE deep_1_x (a integer, b integer, CONSTRAINT other_name UNIQUE (a, b));
ALTER TABLE deep_1 ATTACH PARTITION deep_1_x FOR VALUES IN (1, NULL);
ALTER TABLE deep ATTACH PARTITION deep_1 FOR VALUES FROM (MINVALUE) TO (10);
CREATE TABLE deep_2 PARTITION OF deep DEFAULT;
ALTER TABLE deep_1_x ADD CONSTRAINT own_fk FOREIGN KEY (a) REFERENCES keys ON DELETE SET NULL DEFERRABLE;
CREATE INDEX deep_only ON ONLY deep (b);
ALTER SEQUENCE keyed_seq OWNED BY keyed.b;
CREATE PUBLICATION everything FOR ALL TABLES WITH (publish = 'insert');
${major >= 15 ? 'CREATE PUBLICATION schemas FOR TABLES IN SCHEMA public;' : ''}
${major >= 15 ? 'ALTER TABLE keyed ADD CONSTRAINT keyed_nulls UNIQUE NULLS NOT DISTINCT (d);' : ''}
${major >= 18 ? 'CREATE EXTENSION btree_gist; CREATE TABLE stays (room integer, during tsrange, PRIMARY KEY (room, during WITHOUT OVERLAPS)); CREATE TABLE guests (room integer, during tsrange, CONSTRAINT guests_fk FOREIGN KEY (room, PERIOD during) REFERENCES stays (room, PERIOD during));' : ''}
`;

const SCHEMAS: readonly (readonly [string, (major: number) => readonly string[]])[] = [
  ['the rich schema', (major) => [richSchema(major)]],
  ['the shop', () => SHOP],
  ["the rules' schema", () => [readFileSync('rules/schema.sql', 'utf8')]],
  ['oddities', (major) => [ODDITIES(major)]],
];

async function inDatabase<Answer>(major: number, work: (connection: Connection) => Promise<Answer>): Promise<Answer> {
  const database = await createTestDatabase(major);
  const connection = await connectPostgres(database.url, { applicationName: 'test' });
  try {
    return await work(connection);
  } finally {
    await connection.close();
    await database.drop();
  }
}

function readAfter(major: number, scripts: readonly string[]): Promise<Catalog> {
  return inDatabase(major, async (connection) => {
    for (const sql of scripts) await connection.execute(sql);
    return readCatalog(connection);
  });
}

describe.each([13, 16, 18])('on PostgreSQL %i', (major) => {
  test.each(SCHEMAS)('%s, written from its catalog, reads back equal', async (_name, scripts) => {
    const first = await readAfter(major, scripts(major));
    const second = await readAfter(major, [schemaSql(first)]);
    expect(catalogDifferences(first, second)).toEqual([]);
    expect(catalogFingerprint(second)).toBe(catalogFingerprint(first));
  });
});

test('what a catalog holds too little of is told', async () => {
  const more = `CREATE TYPE pair AS (a integer);
    CREATE TABLE held (a int4range, EXCLUDE USING gist (a WITH &&));
    CREATE RULE kept AS ON UPDATE TO held DO ALSO NOTHING;`;
  const { notWritten } = writeSchema(await readAfter(18, [ODDITIES(18), more]));
  expect(notWritten.map(({ what }) => what).sort()).toEqual([
    'attributes of type public.pair',
    'names of the arguments of public.of_table',
    'names of the arguments of public.plain',
    'operators of exclusion constraint held_a_excl of public.held',
    'rule kept of public.held',
    'subtype and options of range type public.stretch',
  ]);
});
