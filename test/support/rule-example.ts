import { readFileSync } from 'node:fs';
import { applyStatement } from '../../src/catalog/apply-statement.ts';
import { emptyCatalog } from '../../src/catalog/empty-catalog.ts';
import type { CheckReport } from '../../src/model/report.ts';
import type { RuleSettings } from '../../src/model/rule-settings.ts';
import type { TransactionScope } from '../../src/model/transaction-unit.ts';
import { check } from '../../src/pipeline/check.ts';
import { parseStatements } from '../../src/sql/postgres/parse-statements.ts';

const SCHEMA = 'rules/schema.sql';

/** How an example of a rule is to be judged: its first lines say so. */
export interface ExampleTerms {
  readonly transaction: TransactionScope;
  readonly major: number;
}

/** Reads `-- Run by a tool that opens a transaction for each file.` and `-- On PostgreSQL 13.` at the head of an example. */
export function exampleTerms(sql: string): ExampleTerms {
  const head = sql.split('\n').slice(0, 3);
  const isInTransaction = head.includes('-- Run by a tool that opens a transaction for each file.');
  const major = head.map((line) => /^-- On PostgreSQL (\d+)\.$/.exec(line)?.[1]).find((one) => one !== undefined);
  return { transaction: isInTransaction ? 'file' : 'statement', major: Number(major ?? 18) };
}

/** Checks one example on the schema that all examples share. */
export function checkExample(path: string, settings: RuleSettings = {}): CheckReport {
  const sql = readFileSync(path, 'utf8');
  const { transaction, major } = exampleTerms(sql);
  const schema = parseStatements(readFileSync(SCHEMA, 'utf8'), SCHEMA);
  return check({
    migrations: [
      {
        migration: { id: 'x', path, sql, checksum: '', format: 'sql', transaction, foreignLedgerRow: null },
        statements: parseStatements(sql, path),
      },
    ],
    catalog: schema.reduce(applyStatement, emptyCatalog(major)),
    version: { engine: 'postgresql', major },
    timeZone: 'UTC',
    catalogIsComplete: true,
    context: SCHEMA,
    planCommand: `evenkeel plan ${path}`,
    settings,
  });
}
