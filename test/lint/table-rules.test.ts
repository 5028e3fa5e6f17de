import { beforeAll, describe, expect, test } from 'vitest';
import { loadParser } from '../../src/sql/postgres/load-parser.ts';
import { findingsOf, rulesAbout } from '../support/rules-about.ts';

beforeAll(() => loadParser());

const schema = `CREATE TABLE a (id serial PRIMARY KEY, x int);
  CREATE TABLE b (id int PRIMARY KEY, a_id int REFERENCES a (id) ON DELETE SET NULL);
  CREATE VIEW v AS SELECT id FROM a; CREATE VIEW vv AS SELECT id FROM v;
  CREATE SCHEMA s; CREATE SCHEMA hollow; CREATE TABLE s.t (id int);
  CREATE TYPE mood AS ENUM ('sad', 'glad'); CREATE TABLE m (mood mood);`;
const about = (sql: string): readonly string[] => rulesAbout(sql, { schema });

describe('DROP', () => {
  test('of a table that the migration made is nothing to speak of', () => {
    expect(about('CREATE TABLE n (id int); DROP TABLE n; DROP TABLE IF EXISTS missing')).toEqual([]);
  });

  test('of a table with a sequence of its own closes one table, not two', () => {
    expect(rulesAbout('DROP TABLE a', { schema: 'CREATE TABLE a (id serial PRIMARY KEY)' })).toEqual([
      'old-code-breaks',
      'drop-table',
      'lock-queue',
    ]);
  });

  test('names the tables on the other side of its foreign keys', () => {
    const finding = findingsOf('DROP TABLE b', { schema }).find((one) => one.rule === 'drop-table-locks-others');
    expect(finding?.title).toBe('Locks public.a against everybody, too, to drop public.b.');
    expect(about('DROP TABLE b')).not.toContain('several-strong-locks');
  });

  test('with CASCADE lists views over views and foreign keys, and is silent where nothing goes along', () => {
    const finding = findingsOf('DROP TABLE a CASCADE', { schema }).find((one) => one.rule === 'drop-cascade');
    expect(finding?.title).toBe(
      'CASCADE takes along the view public.v, the view public.vv and the foreign key b_a_id_fkey of public.b.',
    );
    expect(about('DROP TABLE m CASCADE')).not.toContain('drop-cascade');
    expect(about('CREATE VIEW w AS SELECT id FROM b; DROP TABLE b CASCADE')).not.toContain('drop-cascade');
  });

  test('with CASCADE of a column, a key or a type lists what goes along', () => {
    expect(about('ALTER TABLE a DROP COLUMN id CASCADE')).toContain('drop-cascade');
    expect(about('ALTER TABLE a DROP COLUMN x CASCADE')).not.toContain('drop-cascade');
    expect(about('ALTER TABLE a DROP CONSTRAINT a_pkey CASCADE')).toContain('drop-cascade');
    const type = findingsOf('DROP TYPE mood CASCADE', { schema });
    expect(type.map((one) => one.rule)).toContain('drop-cascade');
    expect(type.map((one) => one.rule)).not.toContain('data-loss');
  });

  test('of a view loses no data', () => {
    expect(about('DROP VIEW vv')).toEqual(['drop-view', 'lock-queue']);
    expect(about('CREATE VIEW w AS SELECT 1; DROP VIEW w')).toEqual([]);
  });

  test('of a schema speaks up when it holds something in use', () => {
    expect(about('DROP SCHEMA s CASCADE')).toContain('drop-schema');
    expect(about('DROP SCHEMA hollow')).toEqual([]);
    expect(about('CREATE SCHEMA n; CREATE TABLE n.t (id int); DROP SCHEMA n CASCADE')).toEqual([]);
  });

  test('of an extension with CASCADE says that nobody can tell', () => {
    expect(about('DROP EXTENSION hstore CASCADE')).toEqual(['drop-extension-cascade']);
  });
});

describe('TRUNCATE', () => {
  test('with CASCADE names the tables that it does not name', () => {
    const rules = about('TRUNCATE a CASCADE');
    expect(rules).toContain('truncate');
    expect(rules).toContain('truncate-cascade');
    expect(rules).not.toContain('data-loss');
    expect(about('TRUNCATE a, b CASCADE')).not.toContain('truncate-cascade');
  });

  test('of a fresh table is harmless', () => {
    expect(about('CREATE TABLE n (id int); TRUNCATE n')).toEqual([]);
  });
});

describe('a new name', () => {
  const RENAME = 'ALTER TABLE m RENAME TO n; CREATE VIEW m AS SELECT * FROM n;';

  test('breaks old code, unless the same transaction makes a view of the old name', () => {
    expect(about(RENAME)).toContain('rename-table');
    expect(about(`BEGIN; ${RENAME} COMMIT;`)).toEqual(['compatibility-view', 'lock-queue']);
    expect(rulesAbout(RENAME, { schema, transaction: 'file' })).toEqual(['compatibility-view', 'lock-queue']);
    expect(about('BEGIN; ALTER TABLE m RENAME TO n; COMMIT; CREATE VIEW m AS SELECT * FROM n;')).toContain(
      'rename-table',
    );
    expect(about('BEGIN; ALTER TABLE m RENAME TO n; CREATE VIEW other AS SELECT * FROM n; COMMIT;')).toContain(
      'rename-table',
    );
  });

  test('in another schema is the same', () => {
    expect(about('ALTER TABLE m SET SCHEMA s')).toContain('set-schema');
    const moved = 'BEGIN; ALTER TABLE m SET SCHEMA s; CREATE VIEW public.m AS SELECT * FROM s.m; COMMIT;';
    expect(about(moved)).toEqual(['compatibility-view', 'lock-queue']);
  });

  test('of a fresh table breaks nobody', () => {
    expect(about('CREATE TABLE n (id int); ALTER TABLE n RENAME TO o; ALTER TABLE o SET SCHEMA s;')).toEqual([]);
  });
});

describe('a table that is moved', () => {
  test('is not written anew when it is there already', () => {
    expect(about('ALTER TABLE m SET UNLOGGED')).toContain('set-logged');
    expect(about('ALTER TABLE m SET LOGGED')).toEqual(['lock-queue']);
    expect(about('ALTER TABLE m SET TABLESPACE fast')).toContain('set-tablespace');
    expect(about('ALTER TABLE m SET TABLESPACE pg_default')).toEqual(['lock-queue']);
    expect(about('ALTER TABLE m SET ACCESS METHOD heap')).toEqual(['lock-queue']);
  });
});

describe('CREATE TABLE IF NOT EXISTS', () => {
  test('over an equal table says nothing, over another one it warns', () => {
    expect(about('CREATE TABLE IF NOT EXISTS m (mood mood)')).toEqual([]);
    expect(about('CREATE TABLE IF NOT EXISTS b (id int)')).toEqual([]);
    expect(about('CREATE TABLE IF NOT EXISTS b (id int, name text)')).toEqual(['create-table-if-not-exists-shadows']);
    expect(about('CREATE TABLE IF NOT EXISTS b (id text)')).toEqual(['create-table-if-not-exists-shadows']);
    expect(about('CREATE TABLE IF NOT EXISTS v (id int)')).toEqual(['create-table-if-not-exists-shadows']);
    expect(about('CREATE TABLE IF NOT EXISTS other.b (id text)')).not.toContain('create-table-if-not-exists-shadows');
  });
});

describe('a stored query', () => {
  test('speaks up when it reads what is in use, and runs', () => {
    expect(about('CREATE TABLE c AS SELECT * FROM a')).toEqual(['create-table-as']);
    expect(about('SELECT * INTO c FROM a WHERE x > 1')).toEqual(['create-table-as']);
    expect(about('CREATE TABLE c AS SELECT * FROM a WITH NO DATA')).toEqual([]);
    expect(about('CREATE TABLE n (id int); CREATE TABLE c AS SELECT * FROM n')).toEqual([]);
    expect(about('CREATE MATERIALIZED VIEW c AS SELECT * FROM a WITH NO DATA')).toEqual([]);
    expect(about('CREATE MATERIALIZED VIEW c AS SELECT * FROM a')).toEqual(['materialized-view-with-data']);
  });
});

test('a view of some columns is not said to miss a new one', () => {
  const views = 'CREATE VIEW whole AS SELECT * FROM b; CREATE VIEW part AS SELECT id FROM b;';
  const rules = findingsOf('ALTER TABLE b ADD COLUMN y int', { schema: `${schema} ${views}` });
  expect(rules.find((one) => one.rule === 'view-keeps-old-columns')?.relations).toEqual(['public.whole']);
  expect(about('ALTER TABLE a ADD COLUMN y int')).not.toContain('view-keeps-old-columns');
});
