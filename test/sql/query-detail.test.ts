import { beforeAll, describe, expect, test } from 'vitest';
import type { Action } from '../../src/model/action.ts';
import { loadParser } from '../../src/sql/postgres/load-parser.ts';
import { parseStatements } from '../../src/sql/postgres/parse-statements.ts';

beforeAll(loadParser);

function actionOf(sql: string): Action {
  const [statement] = parseStatements(sql, 'x.sql');
  if (statement === undefined) throw new TypeError(`nothing in: ${sql}`);
  return statement.action;
}

const table = (name: string) => ({ schema: null, name });

describe('columns that a query names', () => {
  test.each<[string, object[]]>([
    [
      'SELECT a.x, b FROM t a JOIN u ON a.i = u.j',
      [
        { relation: table('t'), column: 'x' },
        { relation: null, column: 'b' },
        { relation: table('t'), column: 'i' },
        { relation: table('u'), column: 'j' },
      ],
    ],
    ['SELECT t FROM t', []],
    ['SELECT x AS y FROM t ORDER BY y', [{ relation: null, column: 'x' }]],
    ['WITH c AS (SELECT 1 AS k) SELECT k, t.p FROM c, t', [{ relation: table('t'), column: 'p' }]],
    ['SELECT s.a FROM (SELECT 1 AS a) s', []],
    [
      'INSERT INTO t (a) VALUES (1) ON CONFLICT (a) DO UPDATE SET b = excluded.c',
      [{ relation: table('t'), column: 'a' }],
    ],
    [
      'UPDATE t SET a = b',
      [
        { relation: null, column: 'b' },
        { relation: table('t'), column: 'a' },
      ],
    ],
  ])('%s', (sql, mentions) => {
    expect(actionOf(sql)).toMatchObject({ query: { mentions } });
  });
});

describe('columns that a view answers', () => {
  test.each<[string, object[] | null]>([
    ['SELECT * FROM t', [{ kind: 'all', relation: null }]],
    ['SELECT u.* FROM t u', [{ kind: 'all', relation: table('t') }]],
    [
      'SELECT a, lower(b), count(*) AS n, 1, c::text FROM t',
      ['a', 'lower', 'n', '?column?', 'c'].map((name) => ({ name })),
    ],
    [
      "SELECT CASE WHEN a THEN b END, coalesce(a, 'x'), (SELECT q FROM u), EXISTS (SELECT 1) FROM t",
      ['case', 'coalesce', 'q', 'exists'].map((name) => ({ name })),
    ],
    ['SELECT * FROM t JOIN u USING (id)', null],
    ['VALUES (1)', null],
  ])('%s', (query, output) => {
    expect(actionOf(`CREATE VIEW v AS ${query}`)).toMatchObject({ query: { output } });
  });
});

describe('what narrows a statement', () => {
  test.each<[string, object | null]>([
    ['SELECT * FROM t', { columns: [], equals: [] }],
    [
      "DELETE FROM t WHERE a = 1 AND 'x' = b AND c > 2",
      {
        columns: ['a', 'b', 'c'],
        equals: [
          { column: 'a', value: '1' },
          { column: 'b', value: 'x' },
        ],
      },
    ],
    ['UPDATE t SET a = 1 WHERE id = $1', { columns: ['id'], equals: [{ column: 'id', value: null }] }],
    ['SELECT * FROM t WHERE a = 1 OR b = 2', { columns: ['a', 'b'], equals: [] }],
    ['SELECT max(a) FROM t', null],
    ['SELECT * FROM t, u', null],
    ['SELECT * FROM t LIMIT 1', null],
    ['DELETE FROM t USING u WHERE t.a = u.a', null],
    ['SELECT * FROM t WHERE a IN (SELECT a FROM u)', null],
  ])('%s', (sql, filter) => {
    expect(actionOf(sql)).toMatchObject({ filter });
  });
});

describe('the statements inside a block of code', () => {
  const kinds = (sql: string): unknown => {
    const action = actionOf(sql);
    if (action.kind !== 'code-block' || action.code === undefined) return null;
    return { kinds: action.code.statements.map((one) => one.kind), isCertain: action.code.isCertain };
  };

  test.each<[string, readonly string[], boolean]>([
    ['DO $$ BEGIN ALTER TABLE t ADD a int; DROP TABLE u; END $$', ['alter-table', 'drop'], true],
    ["DO $$ DECLARE n int := 1; BEGIN n := n + 1; RAISE NOTICE '%', n; TRUNCATE t; END $$", ['truncate'], true],
    ['DO $$ BEGIN IF true THEN DELETE FROM t; ELSE UPDATE t SET a = 1; END IF; END $$', ['dml', 'dml'], false],
    ['DO $$ DECLARE n int; BEGIN n := (SELECT count(*) FROM t); END $$', ['dml'], true],
    ["DO $$ BEGIN EXECUTE 'DROP TABLE t'; END $$", ['drop'], true],
    ["DO $$ BEGIN EXECUTE format('DROP TABLE %I', 't'); END $$", [], false],
    [
      'DO $$ DECLARE r record; BEGIN FOR r IN SELECT * FROM t LOOP DELETE FROM u; END LOOP; END $$',
      ['dml', 'dml'],
      false,
    ],
    ['DO $$ BEGIN DROP TABLE t; EXCEPTION WHEN others THEN NULL; END $$', ['drop'], true],
    ['DO $$ BEGIN IF true THEN RETURN; END IF; DROP TABLE t; END $$', ['drop'], false],
    ["DO LANGUAGE plperl 'x'", [], false],
  ])('%s', (sql, expected, isCertain) => {
    const found = kinds(sql) as { kinds: string[]; isCertain: boolean };
    expect(found.kinds.toSorted()).toEqual(expected.toSorted());
    expect(found.isCertain).toBe(isCertain);
  });
});
