import { applyStatement } from '../../src/catalog/apply-statement.ts';
import { emptyCatalog } from '../../src/catalog/empty-catalog.ts';
import type { Finding } from '../../src/model/finding.ts';
import type { RuleSettings } from '../../src/model/rule-settings.ts';
import type { TransactionScope } from '../../src/model/transaction-unit.ts';
import { check } from '../../src/pipeline/check.ts';
import { parseStatements } from '../../src/sql/postgres/parse-statements.ts';

export interface JudgedOn {
  /** The schema before the migration, as SQL. */
  readonly schema: string;
  readonly major?: number;
  readonly transaction?: TransactionScope;
  readonly settings?: RuleSettings;
}

/** What `check` finds in a migration on a complete schema. */
export function findingsOf(sql: string, on: JudgedOn): readonly Finding[] {
  const { schema, major = 18, transaction = 'statement', settings = {} } = on;
  const migration = { id: 'x', path: 'x.sql', sql, checksum: '', format: 'sql', transaction } as const;
  const report = check({
    migrations: [{ migration: { ...migration, foreignLedgerRow: null }, statements: parseStatements(sql, 'x.sql') }],
    catalog: parseStatements(schema, 'schema.sql').reduce(applyStatement, emptyCatalog(major)),
    version: { engine: 'postgresql', major },
    timeZone: 'UTC',
    catalogIsComplete: true,
    context: 'a schema',
    planCommand: 'evenkeel plan x.sql',
    settings,
  });
  return report.findings;
}

/** The rules that speak up about a migration, the notes among them, in order. */
export function rulesAbout(sql: string, on: JudgedOn): readonly string[] {
  return findingsOf(sql, on).map(({ rule }) => rule);
}
