import { describe, expect, test } from 'vitest';
import { connectPostgres } from '../../src/db/postgres.ts';
import { MEASURED_MAJORS } from '../../src/model/server-version.ts';
import { type CatalogLines, lineDifferences, readCatalogLines } from '../../src/prove/catalog-lines.ts';
import { readRowDigests } from '../../src/prove/row-digests.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';

const SCHEMA = `
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TABLE t (id int PRIMARY KEY, a text, b varchar(20) DEFAULT 'x', m mood);
CREATE TABLE u (id int REFERENCES t (id));
CREATE INDEX t_a ON t (a);
CREATE VIEW v AS SELECT id, a FROM t;
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TRIGGER g BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION f();
CREATE POLICY p ON t USING (id > 0);
CREATE STATISTICS s ON a, b FROM t;
CREATE SEQUENCE q;
CREATE PUBLICATION changes FOR TABLE u;
INSERT INTO t VALUES (1, 'one', 'x', 'ok');
`;

/** Every statement changes something that whoever compares two databases has to see. */
const CHANGES = [
  "COMMENT ON COLUMN t.a IS 'said'",
  "COMMENT ON INDEX t_a IS 'said'",
  "COMMENT ON CONSTRAINT t_pkey ON t IS 'said'",
  'GRANT SELECT ON t TO PUBLIC',
  'GRANT UPDATE (a) ON t TO PUBLIC',
  'ALTER TABLE t ALTER COLUMN a SET STATISTICS 7',
  'ALTER TABLE t ALTER COLUMN a SET STORAGE PLAIN',
  'ALTER TABLE t ALTER COLUMN a SET (n_distinct = 5)',
  'ALTER TABLE t ALTER COLUMN a SET NOT NULL',
  "ALTER TABLE t ALTER COLUMN b SET DEFAULT 'y'",
  'ALTER TABLE t ALTER COLUMN b TYPE varchar(30)',
  'ALTER TABLE t ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY',
  'ALTER TABLE t SET (fillfactor = 70)',
  'ALTER TABLE t ENABLE ROW LEVEL SECURITY',
  'ALTER TABLE t REPLICA IDENTITY FULL',
  'ALTER TABLE t CLUSTER ON t_pkey',
  'ALTER TABLE t DISABLE TRIGGER g',
  'ALTER TABLE t ADD CHECK (id > 0) NOT VALID',
  'ALTER TABLE u DROP CONSTRAINT u_id_fkey, ADD CONSTRAINT u_id_fkey FOREIGN KEY (id) REFERENCES t (id) DEFERRABLE',
  'DROP INDEX t_a; CREATE INDEX t_a ON t (a) WHERE id > 3',
  'CREATE OR REPLACE VIEW v AS SELECT id, upper(a) AS a FROM t',
  'ALTER POLICY p ON t USING (id > 1)',
  'ALTER STATISTICS s SET STATISTICS 9',
  'ALTER SEQUENCE q INCREMENT BY 2',
  'ALTER SEQUENCE q OWNED BY t.id',
  'ALTER PUBLICATION changes ADD TABLE t',
  "ALTER TYPE mood RENAME VALUE 'sad' TO 'low'",
  'CREATE OR REPLACE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN OLD; END $$',
  'CREATE RULE r AS ON INSERT TO u DO ALSO NOTHING',
  'CREATE SCHEMA other',
];

async function read(database: TestDatabase, sql: string): Promise<CatalogLines> {
  const connection = await connectPostgres(database.url, { applicationName: 'test' });
  try {
    await connection.execute('BEGIN');
    await connection.execute(sql);
    return await readCatalogLines(connection);
  } finally {
    await connection.close();
  }
}

describe.each(MEASURED_MAJORS)('on PostgreSQL %i', (major) => {
  test('every change shows, and nothing else does', async () => {
    const database = await createTestDatabase(major);
    const client = await database.client();
    await client.query(SCHEMA);
    const before = await read(database, 'SELECT 1');
    expect(lineDifferences(before, await read(database, 'SELECT 2'))).toEqual([]);
    for (const sql of CHANGES) {
      const differences = lineDifferences(before, await read(database, sql));
      expect(differences.length, sql).toBeGreaterThan(0);
    }
    await database.drop();
  });

  test('rows are compared whatever their order and that of the columns', async () => {
    const digests = async (sql: string): Promise<CatalogLines> => {
      const database = await createTestDatabase(major);
      const connection = await connectPostgres(database.url, { applicationName: 'test' });
      await connection.execute(sql);
      const rows = await readRowDigests(connection);
      await connection.close();
      await database.drop();
      return rows;
    };
    const one = await digests("CREATE TABLE t (a int, b text); INSERT INTO t VALUES (1, 'x'), (2, NULL)");
    const other = await digests("CREATE TABLE t (b text, a int); INSERT INTO t VALUES (NULL, 2), ('x', 1)");
    const less = await digests("CREATE TABLE t (b text, a int); INSERT INTO t VALUES ('', 2), ('x', 1)");
    expect(lineDifferences(one, other)).toEqual([]);
    expect(lineDifferences(one, less)).toHaveLength(1);
  });
});

test('differences say what is missing, too much and otherwise', () => {
  const expected = new Map([
    ['a', '1'],
    ['b', '2'],
  ]);
  const actual = new Map([
    ['b', '3'],
    ['c', '4'],
  ]);
  expect(lineDifferences(expected, actual)).toEqual(['a is missing (1)', 'b is 3 instead of 2', 'c is too much (4)']);
});
