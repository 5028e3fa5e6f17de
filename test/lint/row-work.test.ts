import { beforeAll, describe, expect, test } from 'vitest';
import { loadParser } from '../../src/sql/postgres/load-parser.ts';
import { findingsOf } from '../support/findings-of.ts';

beforeAll(() => loadParser());

const rulesOf = (sql: string, terms: Parameters<typeof findingsOf>[1] = {}): readonly string[] =>
  findingsOf([sql], terms).map(({ rule, focus }) => `${rule} ${focus.line}`);

describe('UPDATE and DELETE', () => {
  test.each([
    ['UPDATE a SET x = 1; ANALYZE a;', 'update-without-where 1'],
    ['UPDATE a SET x = 1 WHERE true; ANALYZE a;', 'update-without-where 1'],
    ['DELETE FROM a;', 'delete-without-where 1'],
    ["UPDATE a SET x = 1 WHERE note = 'n';", 'unbatched-update 1'],
    ['DELETE FROM a WHERE x < 5;', 'unbatched-update 1'],
    ['UPDATE a SET x = b.x FROM b WHERE b.id = a.id;', 'unbatched-update 1'],
    ['DELETE FROM child WHERE a_id IN (SELECT id FROM a WHERE x = 1);', 'unbatched-update 1'],
  ])('%s', (sql, expected) => {
    expect(rulesOf(sql)).toEqual([expected]);
  });

  test.each([
    'UPDATE a SET x = 1 WHERE id = 5;',
    'UPDATE a SET x = 1 WHERE id BETWEEN 1 AND 1000;',
    "UPDATE a SET x = 1 WHERE id > 1000 AND id <= 2000 AND note = 'n';",
    'DELETE FROM a WHERE id IN (1, 2, 3);',
    'UPDATE a SET x = 1 WHERE id IN (SELECT id FROM a WHERE x IS NULL LIMIT 1000);',
    "DELETE FROM a WHERE ctid = ANY(ARRAY(SELECT ctid FROM a WHERE note = 'n' LIMIT 100));",
    'CREATE TABLE c (x int); INSERT INTO c VALUES (1); UPDATE c SET x = 2; DELETE FROM c;',
  ])('%s says how many rows it means, or means nobody', (sql) => {
    expect(rulesOf(sql)).toEqual([]);
  });

  test('a trigger on the table leaves more than the plan to doubt', () => {
    const trigger = `CREATE TRIGGER t AFTER UPDATE ON a FOR EACH ROW EXECUTE FUNCTION f();\n`;
    expect(rulesOf(`${trigger}UPDATE a SET x = 1 WHERE id BETWEEN 1 AND 10;`)).toContain('unknown-effect 2');
  });
});

describe('INSERT ... SELECT', () => {
  test('of a table in use, in full', () => {
    const copy = (sql: string) => rulesOf(sql).filter((rule) => rule.startsWith('insert-select'));
    expect(copy('CREATE TABLE c (LIKE a);\nINSERT INTO c SELECT * FROM a;')).toEqual(['insert-select-in-migration 2']);
    expect(copy('INSERT INTO a SELECT 1;')).toEqual([]);
    expect(copy('INSERT INTO a VALUES (1), (2);')).toEqual([]);
    expect(copy('CREATE TABLE c (LIKE a); INSERT INTO a SELECT * FROM c;')).toEqual([]);
    expect(copy('INSERT INTO b (id) SELECT id FROM a ORDER BY id LIMIT 100;')).toEqual([]);
  });
});

describe('the same work twice', () => {
  const twice = (files: readonly string[]): readonly string[] =>
    findingsOf(files).flatMap(({ rule, path, focus }) =>
      ['several-rewrites', 'index-then-rewrite'].includes(rule) ? [`${rule} ${path}:${focus.line}`] : [],
    );

  test('two rewrites of one table in one file', () => {
    const x = 'ALTER TABLE a ALTER COLUMN x TYPE bigint;\n';
    const id = 'ALTER TABLE a ALTER COLUMN note TYPE varchar(9);';
    expect(twice([x + id])).toEqual(['several-rewrites 0.sql:2']);
    expect(twice([x, id])).toEqual([]);
    expect(twice([`${x}ALTER TABLE b ALTER COLUMN x TYPE bigint;`])).toEqual([]);
    expect(twice(['ALTER TABLE a ALTER COLUMN x TYPE bigint, ALTER COLUMN note TYPE varchar(9);'])).toEqual([]);
  });

  test('an index and then a rewrite, in the file or in a later one', () => {
    const index = 'CREATE INDEX CONCURRENTLY i ON a (note);\n';
    const rewrite = 'ALTER TABLE a ALTER COLUMN x TYPE bigint;';
    expect(twice([index + rewrite])).toEqual(['index-then-rewrite 0.sql:2']);
    expect(twice([index, rewrite])).toEqual(['index-then-rewrite 1.sql:1']);
    expect(twice([rewrite + index])).toEqual([]);
    expect(twice([`${index}ALTER TABLE a ADD COLUMN y int;`])).toEqual([]);
    expect(twice(['CREATE TABLE c (x int); CREATE INDEX ON c (x); ALTER TABLE c ALTER COLUMN x TYPE bigint;'])).toEqual(
      [],
    );
  });
});

describe('code', () => {
  test('that is put together is said so, and constant strings are judged', () => {
    expect(rulesOf("DO $$ BEGIN EXECUTE 'ALTER TABLE ' || 'a' || ' ADD y int'; END $$;")).toEqual(['dynamic-sql 1']);
    expect(rulesOf("DO $$ BEGIN EXECUTE 'ALTER TABLE a ADD y int'; END $$;")).toEqual(['lock-queue 1']);
    expect(rulesOf('CREATE FUNCTION f(t text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN EXECUTE t; END $$;')).toEqual(
      [],
    );
    const procedure =
      "CREATE PROCEDURE p() LANGUAGE plpgsql AS $$ BEGIN EXECUTE format('ALTER TABLE %I', 'a'); END $$;\n";
    expect(rulesOf(`${procedure}CALL p();`)).toEqual(['dynamic-sql 2']);
  });

  test('keeps the lock of one line to the end of the block', () => {
    const block = (body: string) => rulesOf(`DO $$ BEGIN ${body} END $$;`);
    expect(block('ALTER TABLE a ADD y int; UPDATE b SET x = 1 WHERE id = 1;')).toEqual(['code-block-changes-schema 1']);
    expect(block('ALTER TABLE a ADD y int;')).toEqual(['lock-queue 1']);
    expect(block('CREATE TABLE c (x int); INSERT INTO c VALUES (1);')).not.toContain('code-block-changes-schema 1');
  });

  test('that commits by itself is refused in a transaction', () => {
    const block = 'DO $$ BEGIN UPDATE a SET x = 1 WHERE id = 1; COMMIT; END $$;';
    expect(rulesOf(block)).not.toContain('commit-in-code-block 1');
    expect(rulesOf(block, { transaction: 'file', format: 'goose' })).toContain('commit-in-code-block 1');
    expect(rulesOf(`BEGIN;\n${block}\nCOMMIT;`)).toContain('commit-in-code-block 2');
  });
});

describe('names of more than 63 bytes', () => {
  const cut = (sql: string): readonly string[] =>
    findingsOf([sql]).flatMap(({ rule, title }) => (rule === 'identifier-too-long' ? [title] : []));
  const name = (length: number): string => 'n'.repeat(length);

  test('are told once a file, by bytes and not by letters', () => {
    expect(cut(`CREATE TABLE ${name(63)} (x int);`)).toEqual([]);
    expect(cut(`CREATE TABLE ${name(64)} (x int); CREATE INDEX i ON ${name(64)} (x);`)).toEqual([
      `The server keeps 63 bytes of a name, and cuts "${name(64)}".`,
    ]);
    expect(cut(`CREATE TABLE "${'ü'.repeat(31)}" (x int);`)).toEqual([]);
    expect(cut(`CREATE TABLE "${'ü'.repeat(32)}" (x int);`)).toHaveLength(1);
    expect(cut(`CREATE TABLE t ("${'😀'.repeat(16)}" int);`)).toHaveLength(1);
  });

  test('are none in strings, comments and statements that make nothing', () => {
    expect(cut(`SELECT '${name(99)}'; -- ${name(99)}`)).toEqual([]);
    expect(cut(`COMMENT ON TABLE a IS '${name(99)}';`)).toEqual([]);
    expect(cut(`ALTER TABLE a ALTER COLUMN note SET DEFAULT '${name(99)}';`)).toEqual([]);
    expect(cut(`DROP TABLE IF EXISTS ${name(99)};`)).toEqual([]);
    expect(cut(`SELECT x AS ${name(99)} FROM a WHERE id = 1;`)).toEqual([]);
  });
});

test('a table that the file renames is in use under its new name', () => {
  expect(rulesOf('ALTER TABLE a RENAME TO aa;\nUPDATE aa SET x = 1; ANALYZE aa;')).toContain('update-without-where 2');
  expect(rulesOf('CREATE TABLE c (x int); ALTER TABLE c RENAME TO cc;\nUPDATE cc SET x = 1;')).toEqual([]);
});
