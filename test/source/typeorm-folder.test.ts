import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { check } from '../../src/index.ts';
import { MigrationCodeError, SourceError } from '../../src/model/error.ts';
import type { Migration } from '../../src/model/migration.ts';
import { readStepMark } from '../../src/model/step-mark.ts';
import { isMigration } from '../../src/source/migration-file.ts';
import { readEachMigration, readMigrations } from '../../src/source/read-migrations.ts';
import { loadParser } from '../../src/sql/postgres/load-parser.ts';
import { parseStatements } from '../../src/sql/postgres/parse-statements.ts';

beforeAll(() => loadParser());
let project = '';
beforeEach(() => {
  project = mkdtempSync(path.join(tmpdir(), 'evenkeel-typeorm-'));
  write('package.json', '{}');
});
afterEach(() => rmSync(project, { recursive: true, force: true }));

function write(name: string, text: string): string {
  const file = path.join(project, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

/** As `typeorm migration:generate` writes it (1.1.1). */
function generated(name: string, calls: readonly string[], more = ''): string {
  const line = (call: string): string => `        await queryRunner.query(${call});`;
  return `import { MigrationInterface, QueryRunner } from "typeorm";

export class ${name} implements MigrationInterface {
    name = '${name}'
${more}
    public async up(queryRunner: QueryRunner): Promise<void> {
${calls.map(line).join('\n')}
    }

    public async down(queryRunner: QueryRunner): Promise<void> {
        await queryRunner.query(\`DROP TABLE "orders"\`);
    }

}
`;
}

const A = 'A1700000000001';
const place = (name: string, ending = 'ts'): string =>
  `src/migrations/${name.slice(-13)}-${name.slice(0, -13)}.${ending}`;

async function readOne(text: string, file = place(A)): Promise<Migration> {
  const [migration] = await readMigrations([write(file, text)]);
  return migration!;
}

/** Statements with their place in the file; what stands there in the file. */
function statementsOf({ sql, path: at }: Migration): readonly { sql: string; there: string; place: string }[] {
  const text = readFileSync(at, 'utf8');
  return parseStatements(sql, at).map(({ sql: one, span }) => ({
    sql: one.replaceAll(/\s+/g, ' '),
    there: text.slice(span.startOffset, span.endOffset),
    place: `${span.line}:${span.column}`,
  }));
}

async function problem(text: string, file = place(A)): Promise<string> {
  const [error] = await readEachMigration([write(file, text)]);
  expect(error).toBeInstanceOf(MigrationCodeError);
  if (!(error instanceof MigrationCodeError)) throw error;
  expect(error.message.startsWith(`${error.path}:${error.line}:${error.column}: `)).toBe(true);
  expect(error.nextCommand).not.toBeNull();
  return error.message.replaceAll(`${project}/`, '');
}

describe('the SQL of up', () => {
  it('is read where it stands, in the order of the calls, and down is not', async () => {
    const migration = await readOne(
      generated(A, ['`CREATE TABLE "orders" ("id" int)`', "'SELECT 1'", '"SELECT 2", []']),
    );
    expect(statementsOf(migration)).toEqual([
      { sql: 'CREATE TABLE "orders" ("id" int)', there: 'CREATE TABLE "orders" ("id" int)', place: '7:34' },
      { sql: 'SELECT 1', there: 'SELECT 1', place: '8:34' },
      { sql: 'SELECT 2', there: 'SELECT 2', place: '9:34' },
    ]);
    expect(migration).toMatchObject({
      id: '1700000000001-A',
      format: 'typeorm',
      transaction: 'run',
      foreignLedgerRow: { tool: 'typeorm', schema: null, table: 'migrations', name: A, timestampMs: 1700000000001 },
    });
  });

  it.each([
    ['escapes around words', '"ALTER TABLE \\"user\\" ADD \\"note\\" text"', 'ALTER TABLE "user" ADD "note" text'],
    ['escapes inside of a quoted text', "'SELECT \\'it\\\\s \\u{1F600} \\x41\\''", "SELECT 'it\\s 😀 A'"],
    ['a backtick and a dollar', `\`SELECT '\\\`\\${'$'}{x}\\\`'\``, `SELECT '\`${'$'}{x}\`'`],
    ['line breaks that are escapes', "'SELECT 1,\\n\\t2'", 'SELECT 1, 2'],
    ['several literals', "'SELECT ' +\n  // why\n  'a_' + `b FROM c`", 'SELECT a_b FROM c'],
    ['a text that goes over literals', "'SELECT \\'a' + \n 'b\\', 1'", "SELECT 'ab' , 1"],
    ['a line that goes on', "'SELECT \\\n 1'", 'SELECT 1'],
    ['a comment that ends with the literal', "'SELECT 1 -- one'", 'SELECT 1'],
    ['a comment that ends with an escape', "'SELECT 1 -- one\\n, 2'", 'SELECT 1 , 2'],
    ['a semicolon of its own', '`SELECT 1;`', 'SELECT 1'],
    ['what only a type checker sees', "('SELECT 1' as string)", 'SELECT 1'],
  ])('%s', async (_, call, sql) => {
    const text = generated(A, [call, "'SELECT 99'"]);
    const migration = await readOne(text);
    expect(statementsOf(migration).map((one) => one.sql)).toEqual([sql, 'SELECT 99']);
    expect(migration.sql).toHaveLength(text.length);
    expect(migration.sql.split('\n')).toHaveLength(text.split('\n').length);
    const line = text.slice(0, text.indexOf('SELECT 99')).split('\n').length;
    expect(statementsOf(migration)[1]?.place).toBe(`${line}:34`);
  });

  it('keeps the lines of a template, also where they end with a carriage return', async () => {
    const body = '`CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$\n  SELECT 1 -- one\n$$`';
    const text = generated(A, [body, "'SELECT 99'"]);
    const [unix] = statementsOf(await readOne(text));
    const windows = await readOne(text.replaceAll('\n', '\r\n'));
    expect(unix?.there).toContain('$$\n  SELECT 1 -- one\n$$');
    expect(parseStatements(windows.sql, 'x')[0]?.sql).toContain('$$\n  SELECT 1 -- one\n$$');
    expect(statementsOf(windows)[1]?.place).toBe('10:34');
  });

  it.each([
    [
      'js',
      `module.exports = class ${A} {\n  async up(runner) { return runner.query('SELECT 1'); }\n  async down() {}\n}`,
    ],
    ['mjs', `export default class ${A} { up = async (q) => { await q.query('SELECT 1'); return; } }`],
    [
      'cjs',
      `'use strict';\nclass ${A} { constructor() { this.name = '${A}'; } async up(q) { await q.query('SELECT 1'); } }\nexports.${A} = ${A};`,
    ],
    ['mts', `@Deco()\nexport class X { name = "${A}" as const; async up(q: Q) { await q.query('SELECT 1'); } }`],
  ])('of .%s', async (ending, text) => {
    const migration = await readOne(text, place(A, ending));
    expect(statementsOf(migration).map(({ there }) => there)).toEqual(['SELECT 1']);
    expect(migration.foreignLedgerRow).toMatchObject({ name: A });
  });

  it('keeps comments that are meant for Evenkeel', async () => {
    const text = generated(A, ['`ALTER TABLE orders DROP COLUMN note`']).replace(
      '        await',
      '        // evenkeel-ignore drop-column: nobody reads it\n        await',
    );
    const migration = await readOne(`// evenkeel-step: contract brief\n// Other words.\n${text}`);
    expect(readStepMark(migration.sql)).toEqual({ phase: 'contract', manner: 'brief' });
    expect(migration.sql).toContain('\n        -- evenkeel-ignore drop-column: nobody reads it\n');
    expect(migration.sql).not.toContain('Other');
  });
});

describe('what cannot be told without running it', () => {
  it.each([
    ['await queryRunner.createTable(new Table({ name: "x" }));'],
    ["if (await queryRunner.hasTable('x')) { await queryRunner.query('SELECT 1'); }"],
    ["for (const x of [1]) await queryRunner.query('SELECT 1');"],
    [`await queryRunner.query(\`SELECT ${'$'}{x}\`);`],
    ["await queryRunner.query('SELECT $1', [1]);"],
    ['await queryRunner.query(SQL);'],
    ['await queryRunner.query(sql`SELECT 1`);'],
    ["queryRunner.query('SELECT 1');"],
    ['await helper(queryRunner);'],
    ["await queryRunner.query('DO $$ BEGIN\\n END $$');"],
    ['await queryRunner.query();'],
  ])('%s', async (statement) => {
    const text = generated(A, ["'SELECT 0'"]).replace("await queryRunner.query('SELECT 0');", () => statement);
    expect(await problem(text)).toMatchSnapshot();
  });

  it.each([
    ['no TypeScript', 'export class A {'],
    ['no migration', 'export const x = 1;'],
    ['a name without a time', generated('AddTotal', ["'SELECT 1'"])],
    ['a name that is worked out', generated(A, ["'SELECT 1'"]).replace(`'${A}'`, 'NAME')],
    ['a transaction that is worked out', generated(A, ["'SELECT 1'"], '    transaction = isOn()')],
    ['a class of a class', generated(A, ["'SELECT 1'"]).replace(' implements', ' extends Base implements')],
    ['no way up', `export class ${A} implements MigrationInterface { async down() {} }`],
    ['two migrations', generated(A, ["'SELECT 1'"]) + generated('B1700000000002', ["'SELECT 1'"])],
  ])('%s', async (_, text) => {
    expect(await problem(text)).toMatchSnapshot();
  });

  it('does not hide the others, and is told at its place', async () => {
    write(place(A), generated(A, ['`CREATE TABLE orders (id int PRIMARY KEY, total int)`']));
    const B = 'B1700000000002';
    write(place(B), generated(B, ["'SELECT 1'"]).replace("query('SELECT 1')", 'createTable(x)'));
    const C = 'C1700000000003';
    write(
      place(C),
      generated(C, ['`ALTER TABLE orders DROP COLUMN total`', '"ALTER TABLE \\"orders\\" ADD \\"total\\" bigint"']),
    );
    const report = await check({ paths: [path.join(project, 'src/migrations')] });
    expect(report.problems.map(({ code, line, column }) => ({ code, line, column }))).toEqual([
      { code: 'migration-code', line: 7, column: 27 },
    ]);
    expect(report.problems[0]?.message).toMatch(/^queryRunner\.createTable makes its SQL when it runs/);
    const found = report.findings.find(({ rule }) => rule === 'drop-then-add-column');
    expect(found).toMatchObject({ path: path.join(project, place(C)), span: { line: 8, column: 34 } });
  });
});

describe('a folder', () => {
  it('is in the order of the times in the names of the classes, whatever the files are called', async () => {
    write('m/1700000000009-A.ts', generated('A1700000000003', ["'SELECT 3'"]));
    write('m/Later.ts', generated('B1700000000001', ["'SELECT 1'"]));
    write('m/1700000000002-C.ts', generated('C1700000000002', ["'SELECT 2'"]));
    write('m/1700000000002-C.js', 'exports.C = 1;');
    write('m/1700000000002-C.d.ts', 'export declare class C1700000000002 {}');
    write('m/index.ts', 'export const migrations = [];');
    const migrations = await readMigrations([path.join(project, 'm')]);
    expect(migrations.map(({ id }) => id)).toEqual(['Later', '1700000000002-C', '1700000000009-A']);
    const [alone] = await readMigrations([path.join(project, 'm/Later.ts')]);
    expect(alone).toEqual(migrations[0]);
  });

  it('has no two of one name, and none of one time', async () => {
    write('m/1-a.ts', generated(A, ["'SELECT 1'"]));
    const second = write('m/2-b.ts', generated('B1700000000001', ["'SELECT 1'"]));
    const files = await readEachMigration([path.join(project, 'm')]);
    expect(files.map((one) => (isMigration(one) ? one.id : one.message.replaceAll(`${project}/`, '')))).toEqual([
      '1-a',
      'm/2-b.ts:1:1: m/1-a.ts has the same time in its name, 1700000000001: which of the two runs first hangs on how they are found.',
    ]);
    writeFileSync(second, generated(A, ["'SELECT 1'"]));
    await expect(readEachMigration([path.join(project, 'm')])).rejects.toThrow(SourceError);
    await expect(readEachMigration([path.join(project, 'm')])).rejects.toThrow(
      /both hold the migration A1700000000001/,
    );
  });

  it('is no folder of TypeORM where nothing in it is a migration of its', async () => {
    const file = write('knex/20240101000000_x.ts', 'export async function up(knex) {}');
    await expect(readMigrations([path.dirname(file)])).rejects.toThrow('no migration of TypeORM');
    await expect(readMigrations([file])).rejects.toThrow(/is no \.sql file, and no migration of TypeORM/);
  });
});

describe('the data source', () => {
  const source = (options: string): string =>
    `import { DataSource } from 'typeorm';\n@Module()\nexport class X { constructor(@Inject() x: string) {} }\nexport default new DataSource({\n  type: 'postgres',\n  ${options}\n});\n`;
  const read = async (options: string | null, classes: readonly string[] = ['', 'transaction = false']) => {
    if (options !== null) write('src/data-source.ts', source(options));
    classes.forEach((more, index) => {
      write(place(`A170000000000${index}`), generated(`A170000000000${index}`, ["'SELECT 1'"], more));
    });
    return readMigrations([path.join(project, 'src/migrations')]);
  };

  it.each([
    [null, ['', ''], ['run', 'run']],
    [null, ['', 'transaction = false'], ['file', 'statement']],
    ["migrationsTransactionMode: 'all',", ['', 'transaction = false'], ['run', 'run']],
    ["migrationsTransactionMode: 'each',", ['', 'transaction = false'], ['file', 'statement']],
    ["migrationsTransactionMode: 'none' as const,", ['', 'transaction = true'], ['statement', 'file']],
    ['migrationsTransactionMode: process.env.MODE,', ['', ''], ['run', 'run']],
    ["// migrationsTransactionMode: 'each',", ['', ''], ['run', 'run']],
  ])('%s with %j', async (options, classes, expected) => {
    expect((await read(options, classes)).map(({ transaction }) => transaction)).toEqual(expected);
  });

  it('says where its ledger is, and which line is to change', async () => {
    const [migration] = await read(
      "migrationsTableName: 'done',\n  schema: `app`,\n  migrationsTransactionMode: 'all',",
    );
    expect(migration?.foreignLedgerRow).toMatchObject({ schema: 'app', table: 'done' });
    expect(migration?.code?.dataSource).toEqual({
      path: path.relative(process.cwd(), path.join(project, 'src/data-source.ts')),
      line: 8,
    });
  });

  it('is not guessed where it is worked out', async () => {
    const [migration] = await read('schema: process.env.SCHEMA,');
    expect(migration?.foreignLedgerRow).toBeNull();
    expect(migration?.code?.ledgerProblem).toMatch(/data-source\.ts:6: schema is not one text that stands there/);
  });

  it('may be a file of JSON', async () => {
    write('ormconfig.json', '[{\n "type": "postgres",\n "migrationsTransactionMode": "each" }]');
    const [migration] = await read(null, ['']);
    expect(migration).toMatchObject({ transaction: 'file', code: { dataSource: { line: 3 } } });
  });
});
