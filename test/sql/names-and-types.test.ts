import fc from 'fast-check';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isBuiltInType } from '../../src/model/built-in-type.ts';
import { SqlSyntaxError } from '../../src/model/error.ts';
import { loadParser } from '../../src/sql/postgres/load-parser.ts';
import { parseExpression } from '../../src/sql/postgres/parse-expression.ts';
import { parseType } from '../../src/sql/postgres/parse-type.ts';
import { quoteIdentifier, quoteLiteral, quoteName } from '../../src/sql/postgres/quote.ts';
import { renameIdentifier } from '../../src/sql/postgres/rename-identifier.ts';
import { typeSql } from '../../src/sql/postgres/type-sql.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';

beforeAll(loadParser);

describe.each([13, 18])('as PostgreSQL %i does it', (major) => {
  let database: TestDatabase;
  let client: pg.Client;

  beforeAll(async () => {
    database = await createTestDatabase(major);
    client = await database.client();
  });

  afterAll(() => database.drop());

  test('names are quoted where the server would quote them', async () => {
    const names = ['a', 'a1', '_a', '1a', 'A', 'a b', 'a"b', 'ä', '🎉', 'a$', '', 'order', 'between', 'value', 'text'];
    const { rows } = await client.query<{ name: string; quoted: string }>(
      'SELECT name, quote_ident(name) AS quoted FROM (SELECT word FROM pg_get_keywords() UNION SELECT unnest($1::text[])) AS all_names(name)',
      [names],
    );
    expect(rows.length).toBeGreaterThan(400);
    // A word that became reserved in a later major is quoted for the earlier ones too.
    const differing = rows.filter(({ name, quoted }) => quoteIdentifier(name) !== quoted);
    expect(differing.filter(({ name, quoted }) => quoteIdentifier(name) !== `"${quoted}"`)).toEqual([]);
    if (major === 18) expect(differing).toEqual([]);
  });

  test('a literal is the text again, whatever standard_conforming_strings says', async () => {
    const texts = ["it's", '\\', "\\'", 'a\nb', '$$', '🎉', '', 'é\\n', "''"];
    for (const setting of ['on', 'off']) {
      await client.query(`SET standard_conforming_strings = ${setting}`);
      const { rows } = await client.query(
        `SELECT ${texts.map((text, index) => `${quoteLiteral(text)} AS t${index}`).join(', ')}`,
      );
      expect(Object.values(rows[0] as object)).toEqual(texts);
    }
    await client.query('RESET standard_conforming_strings');
  });

  test('types are spelled as format_type spells them', async () => {
    const types = [
      ...[
        'int',
        'int2',
        'bigint',
        'float4',
        'float(53)',
        'bool',
        'text',
        'name',
        '"char"',
        'char',
        'char(3)',
        'bpchar',
      ],
      ...['varchar', 'varchar(20)', 'bit', 'bit(4)', 'varbit', 'varbit(5)', 'numeric', 'numeric(10)', 'numeric(10,2)'],
      ...['numeric(3,0)', 'date', 'time', 'time(3)', 'timetz', 'timetz(0)', 'timestamp', 'timestamp(6)', 'timestamptz'],
      ...[
        'timestamptz(2)',
        'interval',
        'interval(3)',
        'uuid',
        'json',
        'jsonb',
        'bytea',
        'inet',
        'int[]',
        'varchar(3)[][]',
      ],
      ...['"char"[]', 'timestamptz(2)[]', 'int4range', 'tsvector', 'xml', 'money', 'oid', 'regclass', 'pg_lsn'],
      ...['public.mood', 'mood[]', 'odd."My Type"', 'odd."order"[]', 'public.email'],
    ];
    await client.query(`
      CREATE TYPE public.mood AS ENUM ('sad'); CREATE SCHEMA odd; CREATE DOMAIN public.email AS text;
      CREATE TYPE odd."My Type" AS ENUM (); CREATE TYPE odd."order" AS ENUM ();
      CREATE TABLE typed (${types.map((type, index) => `c${index} ${type}`).join(', ')})`);
    const { rows } = await client.query<{ formatted: string; typname: string; is_array: boolean }>(`
      SELECT format_type(a.atttypid, a.atttypmod) AS formatted, coalesce(e.typname, t.typname) AS typname, e.oid IS NOT NULL AS is_array
      FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
        LEFT JOIN pg_type e ON e.oid = t.typelem AND t.typcategory = 'A'
      WHERE a.attrelid = 'typed'::regclass AND a.attnum > 0 ORDER BY a.attnum`);
    for (const [index, { formatted, typname, is_array }] of rows.entries()) {
      const parsed = parseType(formatted);
      expect(typeSql(parsed), types[index]).toBe(formatted);
      expect(parsed, formatted).toMatchObject({ name: typname, arrayDimensions: is_array ? 1 : 0 });
      const written = parseType(types[index] ?? '');
      expect({ ...written, schema: null }, types[index]).toEqual({ ...parsed, schema: null });
    }
    expect(rows).toHaveLength(types.length);
  });

  test('what is said to be built in is what columns can have', async () => {
    const { rows } = await client.query<{ typname: string }>(`
      SELECT typname FROM pg_type WHERE typnamespace = 'pg_catalog'::regnamespace AND typelem = 0
        AND typtype IN ('b', 'r', 'm') UNION SELECT unnest('{name,oidvector,int2vector,point,line,lseg,box}'::text[])`);
    expect(rows.filter(({ typname }) => !isBuiltInType(typname))).toEqual([]);
    expect(['mood', 'citext', 'serial', 'int', 'hstore'].filter(isBuiltInType)).toEqual([]);
  });
});

describe('quoting', () => {
  test('a name with its schema', () => {
    expect(quoteName({ schema: 'public', name: 'Users' })).toBe('public."Users"');
    expect(quoteName({ schema: null, name: 'order' })).toBe('"order"');
  });

  test('any name is one name to the parser, any text one literal', () => {
    // The parser cuts names at 63 bytes, as the server does.
    const text = fc
      .string({ unit: 'grapheme', minLength: 1 })
      .filter((one) => !one.includes('\0') && Buffer.byteLength(one) <= 63);
    fc.assert(
      fc.property(text, (one) => {
        expect(parseExpression(quoteIdentifier(one)).columns).toEqual([one]);
        expect(parseExpression(quoteLiteral(one))).toMatchObject({ isConstant: true, sql: quoteLiteral(one) });
      }),
    );
  });
});

describe('types', () => {
  test.each([
    ['interval day to second(3)', { name: 'interval', modifiers: [3] }],
    ['interval year', { name: 'interval', modifiers: [] }],
    ['pg_catalog.int4', { schema: null, name: 'int4' }],
    ['mood', { schema: null, name: 'mood' }],
    ['shop.public.mood', { schema: 'public', name: 'mood' }],
    ['decimal(5, 0)', { name: 'numeric', modifiers: [5, 0] }],
    ['numeric(3,-2)', { name: 'numeric', modifiers: [3, -2] }],
    ['bigserial', { name: 'int8' }],
    ['text[][]', { name: 'text', arrayDimensions: 1 }],
    ['geometry(Point, 4326)', { name: 'geometry(point,4326)', modifiers: [] }],
  ])('%s', (sql, expected) => {
    expect(parseType(sql)).toMatchObject(expected);
  });

  test('modifiers that are no numbers come out again', () => {
    expect(typeSql(parseType('public.geometry(Point, 4326)[]'))).toBe('public.geometry(point,4326)[]');
  });

  test.each(['int int', 'int; DROP TABLE a', 'int, text', '', '1'])('%j is no type', (sql) => {
    expect(() => parseType(sql)).toThrow(SqlSyntaxError);
  });
});

describe('expressions', () => {
  test.each([
    ["'x'::text", { isConstant: true }],
    ["ARRAY['a', NULL]::text[]", { isConstant: true }],
    ['\'x\' COLLATE "C"', { isConstant: true }],
    ["- '1'::int", { isConstant: true }],
    ["'a' || 'b'", { isConstant: false }],
    ['ARRAY[now()]', { isConstant: false, functions: ['now'] }],
    ['pg_catalog.now() + Public.F(x.y, "Z")', { functions: ['now', 'public.F'.toLowerCase()], columns: ['y', 'Z'] }],
    ['"Odd"."Fn"(1)', { functions: ['Odd.Fn'] }],
    ['CURRENT_TIMESTAMP(3)', { isConstant: false, functions: ['current_timestamp'] }],
    ['LOCALTIME', { functions: ['localtime'] }],
    ['CURRENT_ROLE', { functions: ['current_role'] }],
    ['a IS NOT NULL', { provesNotNull: ['a'] }],
    ['a IS NOT NULL AND (b > 0 AND t."C" IS NOT NULL)', { provesNotNull: ['a', 'C'], columns: ['a', 'b', 'C'] }],
    ['a IS NOT NULL OR b IS NOT NULL', { provesNotNull: [] }],
    ['NOT (a IS NULL)', { provesNotNull: [] }],
    ['(a IS NOT NULL) IS TRUE', { provesNotNull: [] }],
    ['lower(a) IS NOT NULL', { provesNotNull: [] }],
    ['a AND b', { sql: '(a AND b)' }],
    ["now() AT TIME ZONE 'utc'", { sql: "(now() AT TIME ZONE 'utc')", functions: ['timezone', 'now'] }],
    ['((a + 1))', { sql: 'a + 1' }],
  ])('%s', (sql, expected) => {
    expect(parseExpression(sql)).toMatchObject(expected);
  });

  test.each(['', 'a b c', '1; 2', '1, 2', 'a AS b', '1 FROM t', 'a +', '1 UNION SELECT 2', '1 ORDER BY 1'])(
    '%j is no expression',
    (sql) => {
      expect(() => parseExpression(sql)).toThrow(SqlSyntaxError);
    },
  );

  test('the column of an error is that of the given text', () => {
    expect(() => parseExpression('a + + )')).toThrow(expect.objectContaining({ line: 1, column: 7 }));
  });

  test('an identifier is renamed, a function of that name is not', () => {
    expect(renameIdentifier('total(total) + "total" + t.Total + \'total\'', 'total', 'Sum')).toBe(
      'total("Sum") + "Sum" + t."Sum" + \'total\'',
    );
  });
});
