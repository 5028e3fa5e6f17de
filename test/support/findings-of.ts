import { applyStatement } from '../../src/catalog/apply-statement.ts';
import { emptyCatalog } from '../../src/catalog/empty-catalog.ts';
import type { Finding } from '../../src/model/finding.ts';
import type { Migration } from '../../src/model/migration.ts';
import { check } from '../../src/pipeline/check.ts';
import { parseStatements } from '../../src/sql/postgres/parse-statements.ts';

const SCHEMA = `
  CREATE TABLE a (id int PRIMARY KEY, x int, note text);
  CREATE TABLE b (id int PRIMARY KEY, x int);
  CREATE TABLE child (id int PRIMARY KEY, a_id int REFERENCES a (id));
`;

/** How a tool would run files. */
export type Terms = Partial<Pick<Migration, 'transaction' | 'format' | 'isOneMessage'>>;

/** Findings of files that are pending together, named `0.sql` and so on, on tables a, b and child. */
export function findingsOf(files: readonly string[], terms: Terms = {}): readonly Finding[] {
  const migrations = files.map((sql, index) => {
    const path = `${index}.sql`;
    const plain = { id: path, path, sql, checksum: '', format: 'sql', transaction: 'statement' } as const;
    return { migration: { ...plain, foreignLedgerRow: null, ...terms }, statements: parseStatements(sql, path) };
  });
  return check({
    migrations,
    catalog: parseStatements(SCHEMA, 'schema.sql').reduce(applyStatement, emptyCatalog(18)),
    version: { engine: 'postgresql', major: 18 },
    timeZone: 'UTC',
    catalogIsComplete: true,
    context: 'a schema',
    planCommand: 'evenkeel plan',
  }).findings;
}
