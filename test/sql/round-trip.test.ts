import { type AlterTableStmt, type IndexStmt, type Node, parseSync } from 'libpg-query';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Action, AlterTable } from '../../src/model/action.ts';
import type { ConstraintDefinition } from '../../src/model/definition.ts';
import type { Expression } from '../../src/model/expression.ts';
import { loadParser } from '../../src/sql/postgres/load-parser.ts';
import { parseExpression } from '../../src/sql/postgres/parse-expression.ts';
import { parseStatements } from '../../src/sql/postgres/parse-statements.ts';
import { parseType } from '../../src/sql/postgres/parse-type.ts';
import { quoteIdentifier, quoteName } from '../../src/sql/postgres/quote.ts';
import { sameTree } from '../../src/sql/postgres/tree-walk.ts';
import { CORPUS_STATEMENTS, STATEMENT_CORPUS } from './statement-corpus.ts';

beforeAll(loadParser);

/** The same statement with comments and line breaks wherever they may stand. */
function disturbed(sql: string): string {
  return `/* 🎉 */ ${sql.replace(/ (?=(?:[^'"$]|'[^']*'|"[^"]*"|\$\$.*?\$\$)*$)/gs, ' -- é\n /* ; */ ')} -- end`;
}

function treeOf(sql: string): Node {
  const statement = parseSync(sql).stmts?.[0]?.stmt;
  if (statement === undefined) throw new TypeError(`nothing in: ${sql}`);
  return statement;
}

function actionOf(sql: string): Action {
  const [statement] = parseStatements(sql, 'x.sql');
  if (statement === undefined) throw new TypeError(`nothing in: ${sql}`);
  return statement.action;
}

function expectSameTree(sql: string, original: string): void {
  expect(sameTree(treeOf(sql), treeOf(original)), `${sql}\nis not\n${original}`).toBe(true);
}

test('comments and line breaks change no action', () => {
  for (const sql of CORPUS_STATEMENTS.filter(
    (one) => !one.includes('$') && !/^(DO|CREATE (OR REPLACE )?FUNC)/.test(one),
  )) {
    expect(actionOf(disturbed(sql)), sql).toEqual(actionOf(sql));
  }
});

describe('ALTER TABLE put together again from its commands', () => {
  const keyword: Readonly<Record<AlterTable['object'], string>> = {
    table: 'TABLE',
    view: 'VIEW',
    'materialized-view': 'MATERIALIZED VIEW',
    index: 'INDEX',
    sequence: 'SEQUENCE',
    'foreign-table': 'FOREIGN TABLE',
  };

  test.each(STATEMENT_CORPUS['alter-table'].map((sql) => [sql]))('%s', (sql) => {
    const action = actionOf(sql);
    if (action.kind !== 'alter-table') throw new TypeError(action.kind);
    const head = `ALTER ${keyword[action.object]} ${action.ifExists ? 'IF EXISTS ' : ''}${action.only ? 'ONLY ' : ''}`;
    const commands = action.commands.map((command) => command.sql).join(', ');
    expectSameTree(`${head}${quoteName(action.name)} ${commands}`, sql);
  });
});

describe('ADD CONSTRAINT put together again from the constraint', () => {
  const adding = STATEMENT_CORPUS['alter-table'].flatMap((sql) => {
    return / ADD (CONSTRAINT|CHECK|PRIMARY|FOREIGN|UNIQUE|EXCLUDE|NOT)/.test(sql) ? [[sql]] : [];
  });

  test.each(adding)('%s', (sql) => {
    const action = actionOf(sql);
    const command = action.kind === 'alter-table' ? action.commands[0] : undefined;
    if (command?.kind !== 'add-constraint') throw new TypeError(command?.kind);
    const { constraint } = command;
    const name = constraint.name === null ? '' : `CONSTRAINT ${quoteIdentifier(constraint.name)} `;
    const isNotValid =
      'valid' in constraint && !constraint.valid && !('enforced' in constraint && !constraint.enforced);
    expectSameTree(`ALTER TABLE users ADD ${name}${constraint.sql}${isNotValid ? ' NOT VALID' : ''}`, sql);
  });
});

/** What has no name and no text, to compare what is left. */
function meaningOf(constraint: ConstraintDefinition): unknown {
  return { ...constraint, name: null, sql: null, expression: null };
}

describe('a constraint written at a column is the same as one of the table', () => {
  test.each([
    ['a int PRIMARY KEY', 'PRIMARY KEY (a)'],
    ['"A b" int CONSTRAINT c PRIMARY KEY USING INDEX TABLESPACE x', 'PRIMARY KEY ("A b") USING INDEX TABLESPACE x'],
    ['a int DEFAULT 1 UNIQUE DEFERRABLE INITIALLY DEFERRED NOT NULL', 'UNIQUE (a) DEFERRABLE INITIALLY DEFERRED'],
    ['a int UNIQUE NULLS NOT DISTINCT WITH (fillfactor = 70)', 'UNIQUE NULLS NOT DISTINCT (a) WITH (fillfactor = 70)'],
    ['a int UNIQUE NULLS DISTINCT', 'UNIQUE NULLS DISTINCT (a)'],
    ['a int NOT NULL CHECK (a > 0) NO INHERIT', 'CHECK (a > 0) NO INHERIT'],
    ["a text CHECK (a <> 'x, y') COLLATE \"C\" DEFAULT 'b'", "CHECK (a <> 'x, y')"],
    ['a int CHECK (a > 0) NOT ENFORCED', 'CHECK (a > 0) NOT ENFORCED'],
    ['a int REFERENCES p', 'FOREIGN KEY (a) REFERENCES p'],
    [
      'a int CONSTRAINT "Fk" REFERENCES s.p (id) MATCH FULL ON DELETE SET NULL ON UPDATE CASCADE DEFERRABLE NOT NULL',
      'FOREIGN KEY (a) REFERENCES s.p (id) MATCH FULL ON DELETE SET NULL ON UPDATE CASCADE DEFERRABLE',
    ],
    ['a int CONSTRAINT c NOT NULL NO INHERIT UNIQUE', 'NOT NULL a NO INHERIT'],
  ])('%s', (column, expected) => {
    const create = actionOf(`CREATE TABLE t (b int, ${column}, c int)`);
    const add = actionOf(`ALTER TABLE t ADD ${column}, ADD c int`);
    const alone = actionOf(`ALTER TABLE t ADD ${expected}`);
    const command = add.kind === 'alter-table' ? add.commands[0] : undefined;
    const atCreate = create.kind === 'create-table' ? create.columns[1]?.constraints[0] : undefined;
    const atAdd = command?.kind === 'add-column' ? command.column.constraints[0] : undefined;
    const ofTable = alone.kind === 'alter-table' ? alone.commands[0] : undefined;
    if (atCreate === undefined || atAdd === undefined || ofTable?.kind !== 'add-constraint')
      throw new TypeError(column);
    expect(atCreate.sql).toBe(expected);
    expect(atAdd).toEqual(atCreate);
    expect(meaningOf(ofTable.constraint)).toEqual(meaningOf(atCreate));
  });
});

describe('CREATE INDEX put together again from its definition', () => {
  test.each(STATEMENT_CORPUS['create-index'].map((sql) => [sql]))('%s', (sql) => {
    const action = actionOf(sql);
    if (action.kind !== 'create-index') throw new TypeError(action.kind);
    const words = [
      `CREATE ${action.unique ? 'UNIQUE ' : ''}INDEX`,
      ...(action.concurrently ? ['CONCURRENTLY'] : []),
      ...(action.ifNotExists ? ['IF NOT EXISTS'] : []),
      ...(action.name === null ? [] : [quoteIdentifier(action.name)]),
      `ON${action.only ? ' ONLY' : ''} ${quoteName(action.table)}`,
      action.definitionSql,
    ];
    expectSameTree(words.join(' '), sql);
  });

  test('the predicate and the keys mean what the statement says', () => {
    for (const sql of STATEMENT_CORPUS['create-index']) {
      const action = actionOf(sql);
      const tree = (treeOf(sql) as { readonly IndexStmt: IndexStmt }).IndexStmt;
      if (action.kind !== 'create-index') throw new TypeError(action.kind);
      if (action.predicate !== null) expectSameExpression(action.predicate, tree.whereClause);
    }
  });
});

/** Checks `Expression.sql` where an expression may stand alone, and after DEFAULT, where the grammar takes least. */
function expectSameExpression(expression: Expression, tree: Node | undefined): void {
  const alone = treeOf(`SELECT ${expression.sql}`) as { readonly SelectStmt: { readonly targetList: readonly Node[] } };
  const target = alone.SelectStmt.targetList[0] as { readonly ResTarget: { readonly val: Node } };
  expect(sameTree(target.ResTarget.val, tree), expression.sql).toBe(true);
  const added = treeOf(`ALTER TABLE t ADD c int DEFAULT ${expression.sql}`) as {
    readonly AlterTableStmt: AlterTableStmt;
  };
  expect(JSON.stringify(added)).toContain('CONSTR_DEFAULT');
}

const EXPRESSIONS = [
  '1',
  '-1',
  '- 1.5',
  "'it''s'",
  "E'a\\nb\\\\'",
  "U&'d\\0061t' ",
  "N'abc'",
  '$$a$$',
  "B'101'",
  "X'1F'",
  'NULL',
  'true',
  'now()',
  'pg_catalog.now()',
  'CURRENT_TIMESTAMP(3)',
  'LOCALTIME',
  'SESSION_USER',
  "nextval('s.q'::regclass)",
  "'2020-01-01'::date",
  "date '2020-01-01'",
  "interval '1' day",
  "interval(3) '1 day'",
  "CAST('x' AS varchar(10))",
  "double precision '1.5'",
  'ARRAY[1, 2]::int[]',
  'ARRAY[[1, 2], [3, 4]]',
  'ROW(1, 2)',
  '(1, 2)',
  '(a)',
  '((a + b)) * 2',
  '(a + b) * 2',
  'a + (b * 2)',
  '- (a + b)',
  'a = 1 AND b IS NOT NULL OR NOT c',
  '(a OR b) AND c',
  'NOT (a AND b)',
  'a BETWEEN 1 AND 2 AND b',
  'a NOT BETWEEN SYMMETRIC 1 AND 2',
  'a IS DISTINCT FROM b',
  'a IS NOT DISTINCT FROM NULL',
  'a IN (1, 2)',
  'a NOT IN (1, 2)',
  "a LIKE 'x%' ESCAPE '!'",
  "a NOT ILIKE 'x%'",
  "a SIMILAR TO 'x'",
  'a = ANY (ARRAY[1, 2])',
  'a <> ALL (ARRAY[1])',
  "now() AT TIME ZONE 'utc'",
  'now() AT LOCAL',
  "(now() AT TIME ZONE 'utc')::date",
  'a::text COLLATE "C"',
  'a COLLATE pg_catalog."de-x-icu"',
  'COALESCE(a, b, 0)',
  'NULLIF(a, 0)',
  'GREATEST(a, b)',
  'CASE WHEN a > 0 THEN 1 ELSE 0 END',
  "CASE a WHEN 1 THEN 'x' END || 'y'",
  'EXTRACT(epoch FROM a)',
  'SUBSTRING(a FROM 1 FOR 2)',
  "TRIM(BOTH ' ' FROM a)",
  "POSITION('a' IN b)",
  "OVERLAY(a PLACING 'x' FROM 1)",
  'NORMALIZE(a, NFC)',
  'f(a, VARIADIC b)',
  'f(a => 1)',
  'f(DISTINCT a ORDER BY b) FILTER (WHERE c)',
  'sum(a) OVER (PARTITION BY b)',
  "data->'a'->>'b'",
  "data @> '{}'",
  "a ~* '^x'",
  'a OPERATOR(pg_catalog.+) b',
  'a[1]',
  'a[1:2][3]',
  '(a).b',
  '(a).b.c',
  '(f(a)).*',
  'EXISTS (SELECT 1 FROM t)',
  '(SELECT max(a) FROM t)',
  'ARRAY(SELECT a FROM t)',
  'a IS TRUE',
  'a IS NOT UNKNOWN',
  'a IS JSON OBJECT',
  'a ISNULL',
  'a NOTNULL',
  '(a, b) OVERLAPS (c, d)',
  "JSON_OBJECT('a': 1)",
  "JSON_VALUE(a, '$.x')",
  "XMLELEMENT(NAME a, 'x')",
  'COLLATION FOR (a)',
  '"Weird ""Name""" + "select"',
  "'🎉' || a",
];

describe('expressions', () => {
  test.each(EXPRESSIONS.map((sql) => [sql]))('%s', (sql) => {
    const tree = (treeOf(`SELECT (${sql})`) as { SelectStmt: { targetList: [{ ResTarget: { val: Node } }] } })
      .SelectStmt.targetList[0].ResTarget.val;
    const expression = parseExpression(sql);
    expectSameExpression(expression, tree);
    // The brackets around a sub-select belong to it, however many there are.
    if (sql.startsWith('(SELECT')) return;
    expect(parseExpression(`( /* a */ (${sql}\n) )`)).toEqual(expression);
    expect(parseExpression(expression.sql)).toEqual(expression);
    const forms: readonly (readonly [string, (action: Action) => unknown])[] = [
      [`CREATE TABLE t (z int, a int DEFAULT (${sql}) NOT NULL CHECK (z > 0), b int)`, columnDefault],
      [`ALTER TABLE t ALTER a SET DEFAULT (${sql}), DROP b`, commandDefault],
      [`ALTER TABLE t ADD CHECK ((${sql})) NOT VALID`, checkedExpression],
      [`CREATE INDEX ON t USING gin ((${sql}) x_ops, b) WHERE ${sql}`, indexPredicate],
      [`CREATE INDEX ON t (b, (${sql}) DESC) INCLUDE (c)`, indexKey],
    ];
    for (const [statement, read] of forms) expect(read(actionOf(statement)), statement).toEqual(expression);
  });

  const columnDefault = (action: Action): unknown => action.kind === 'create-table' && action.columns[1]?.default;
  const commandDefault = (action: Action): unknown => {
    const command = action.kind === 'alter-table' ? action.commands[0] : undefined;
    return command?.kind === 'set-default' && command.default;
  };
  const checkedExpression = (action: Action): unknown => {
    const command = action.kind === 'alter-table' ? action.commands[0] : undefined;
    return command?.kind === 'add-constraint' && command.constraint.kind === 'check' && command.constraint.expression;
  };
  const indexPredicate = (action: Action): unknown => action.kind === 'create-index' && action.predicate;
  const indexKey = (action: Action): unknown => action.kind === 'create-index' && action.keys[1]?.expression;
});

test('types are kept as they are written', () => {
  const types = [
    'int',
    'bigserial',
    'varchar ( 20 )',
    'character varying',
    'double precision',
    'timestamp(3) with time zone',
    'time without time zone',
    'interval day to second(3)',
    'numeric(10,2)[][]',
    'integer ARRAY[3]',
    'public."Mood"[]',
    'geometry(Point, 4326)',
    'national character varying(3)',
    'bit varying(8)',
    '"char"',
  ];
  for (const type of types) {
    const action = actionOf(`CREATE TABLE t (a ${type} STORAGE main COLLATE "C" NOT NULL, b int)`);
    const written = action.kind === 'create-table' ? action.columns[0]?.typeSql : undefined;
    expect(written).toBe(type);
    const change = actionOf(`ALTER TABLE t ALTER a TYPE ${type} USING a::${type}, DROP b`);
    const command = change.kind === 'alter-table' ? change.commands[0] : undefined;
    if (command?.kind !== 'set-type') throw new TypeError(type);
    expect(command.typeSql).toBe(type);
    if (!type.includes('serial')) expect(command.type).toEqual(parseType(type));
  }
});

describe('queries', () => {
  test.each(STATEMENT_CORPUS['create-view'].map((sql) => [sql]))('%s', (sql) => {
    const action = actionOf(sql);
    if (action.kind !== 'create-view') throw new TypeError(action.kind);
    const tree = (treeOf(sql) as { readonly ViewStmt: { readonly query: Node } }).ViewStmt.query;
    expect(sameTree(treeOf(action.sql), tree), action.sql).toBe(true);
  });

  test.each([
    ['CREATE TABLE a AS SELECT 1', 'SELECT 1'],
    ['CREATE TABLE s.a (b, c) USING heap WITH (fillfactor = 70) AS (SELECT 1) WITH DATA', '(SELECT 1)'],
    ['CREATE MATERIALIZED VIEW a AS TABLE b WITH NO DATA', 'TABLE b'],
    ['CREATE TABLE a AS SELECT with_data AS "DATA"', 'SELECT with_data AS "DATA"'],
    ['CREATE TABLE a AS SELECT b AS data', 'SELECT b AS data'],
    ['CREATE TABLE a AS EXECUTE p(1)', 'EXECUTE p(1)'],
    ['SELECT a INTO UNLOGGED TABLE s."T" FROM b', 'SELECT a FROM b'],
    ['SELECT 1 INTO t', 'SELECT 1'],
    ['SELECT 1 AS a INTO t UNION SELECT 2', 'SELECT 1 AS a UNION SELECT 2'],
    ['WITH c AS (SELECT 1) SELECT * INTO t FROM c', 'WITH c AS (SELECT 1) SELECT * FROM c'],
  ])('%s', (sql, query) => {
    expect(actionOf(sql)).toMatchObject({ kind: 'create-table-as', sql: query });
  });
});
