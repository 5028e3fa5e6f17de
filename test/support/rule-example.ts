import { readFileSync } from 'node:fs';
import { applyStatement } from '../../src/catalog/apply-statement.ts';
import { emptyCatalog } from '../../src/catalog/empty-catalog.ts';
import type { Catalog } from '../../src/model/catalog.ts';
import type { SourceFormat } from '../../src/model/migration.ts';
import type { CheckReport } from '../../src/model/report.ts';
import type { RuleSettings } from '../../src/model/rule-settings.ts';
import type { TransactionScope } from '../../src/model/transaction-unit.ts';
import { check } from '../../src/pipeline/check.ts';
import { typeormSetting } from '../../src/source/typeorm-settings.ts';
import { parseStatements } from '../../src/sql/postgres/parse-statements.ts';

const SCHEMA = 'rules/schema.sql';

/** How an example of a rule is to be judged: its first lines say so. */
export interface ExampleTerms {
  readonly transaction: TransactionScope;
  readonly format: SourceFormat;
  readonly major: number;
}

/**
 * Reads `-- Run by a tool that opens a transaction for each file.`, `-- Run by a tool that opens no transaction.` and
 * `-- On PostgreSQL 13.` at the head of an example.
 */
export function exampleTerms(sql: string): ExampleTerms {
  const head = sql.split('\n').slice(0, 3);
  const isInTransaction = head.includes('-- Run by a tool that opens a transaction for each file.');
  const major = head.map((line) => /^-- On PostgreSQL (\d+)\.$/.exec(line)?.[1]).find((one) => one !== undefined);
  const isByTool = head.includes('-- Run by a tool that opens no transaction.');
  return {
    transaction: isInTransaction ? 'file' : 'statement',
    format: isByTool ? 'prisma' : 'sql',
    major: Number(major ?? 18),
  };
}

const SCHEMAS = new Map<number, Catalog>();

/** The schema that all examples share; reading it takes longer than judging an example. */
function schemaOn(major: number): Catalog {
  const known = SCHEMAS.get(major);
  if (known !== undefined) return known;
  const schema = parseStatements(readFileSync(SCHEMA, 'utf8'), SCHEMA).reduce(applyStatement, emptyCatalog(major));
  SCHEMAS.set(major, schema);
  return schema;
}

/** Checks one example on the schema that all examples share. */
export function checkExample(path: string, settings: RuleSettings = {}): CheckReport {
  const sql = readFileSync(path, 'utf8');
  const { transaction, format, major } = exampleTerms(sql);
  const [, code] = /^-- Beside src\/data-source\.ts: (.*)$/m.exec(sql) ?? [];
  const setting = code === undefined ? null : typeormSetting('src/data-source.ts', code);
  return check({
    projectSettings: setting === null ? [] : [{ ...setting, path }],
    migrations: [
      {
        migration: { id: 'x', path, sql, checksum: '', format, transaction, foreignLedgerRow: null },
        statements: parseStatements(sql, path),
      },
    ],
    catalog: schemaOn(major),
    version: { engine: 'postgresql', major },
    timeZone: 'UTC',
    catalogIsComplete: true,
    context: SCHEMA,
    planCommand: `evenkeel plan ${path}`,
    settings,
  });
}
