import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { applyStatement } from '../../src/catalog/apply-statement.ts';
import { emptyCatalog } from '../../src/catalog/empty-catalog.ts';
import { FILE_RULES } from '../../src/lint/file-rules.ts';
import { RULE_DESCRIPTIONS } from '../../src/lint/rule-descriptions.ts';
import type { SourceFormat } from '../../src/model/migration.ts';
import type { CheckReport } from '../../src/model/report.ts';
import { check } from '../../src/pipeline/check.ts';
import { loadParser } from '../../src/sql/postgres/load-parser.ts';
import { parseStatements } from '../../src/sql/postgres/parse-statements.ts';

beforeAll(() => loadParser());

function checkFile(path: string, format: SourceFormat = 'sql'): CheckReport {
  const sql = readFileSync(path, 'utf8');
  const schema = parseStatements(readFileSync('rules/schema.sql', 'utf8'), 'rules/schema.sql');
  return check({
    migrations: [
      {
        migration: { id: 'x', path, sql, checksum: '', format, foreignLedgerRow: null },
        statements: parseStatements(sql, path),
      },
    ],
    catalog: schema.reduce(applyStatement, emptyCatalog(18)),
    version: { engine: 'postgresql', major: 18 },
    timeZone: 'UTC',
    catalogIsComplete: true,
    context: 'rules/schema.sql',
    planCommand: `evenkeel plan ${path}`,
  });
}

test('every rule has its examples and its page, and no page is without a rule', () => {
  const folders = readdirSync('rules', { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(folders.map((entry) => entry.name).sort()).toEqual(RULE_DESCRIPTIONS.map((rule) => rule.id).sort());
  for (const { id, summary } of RULE_DESCRIPTIONS) {
    expect(summary).toMatch(/^[A-Z].{20,100}\.$/);
    for (const file of ['bad.sql', 'good.sql', 'doc.md'])
      expect(existsSync(`rules/${id}/${file}`), `${id}/${file}`).toBe(true);
    expect(readFileSync(`rules/${id}/doc.md`, 'utf8')).toMatch(new RegExp(`^# ${id}\n`));
  }
});

describe.each(RULE_DESCRIPTIONS)('$id', ({ id, severity }) => {
  // Only Drizzle's files run in a transaction of their tool's.
  const format = id === 'outside-transaction' ? 'drizzle' : 'sql';

  test('speaks up about bad.sql', () => {
    const findings = checkFile(`rules/${id}/bad.sql`, format).findings.filter((finding) => finding.rule === id);
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({ severity, path: `rules/${id}/bad.sql` });
    for (const text of [findings[0]?.title, findings[0]?.consequence, findings[0]?.remedy]) expect(text).toMatch(/\.$/);
    const isAboutFile = Object.values(FILE_RULES).some((rule) => rule.id === id);
    expect(findings[0]?.nextCommand).toBe(isAboutFile ? `evenkeel rules ${id}` : `evenkeel plan rules/${id}/bad.sql`);
  });

  test('is silent about good.sql', () => {
    const findings = checkFile(`rules/${id}/good.sql`, format).findings;
    expect(findings.filter((finding) => finding.rule === id)).toEqual([]);
  });
});

test('a table that the same file creates is not in use, so nothing is said about locking it', () => {
  const sql = 'CREATE TABLE fresh (a int); CREATE INDEX ON fresh (a); ALTER TABLE fresh ALTER COLUMN a TYPE bigint;';
  const report = check({
    migrations: [
      {
        migration: { id: 'x', path: 'x.sql', sql, checksum: '', format: 'sql', foreignLedgerRow: null },
        statements: parseStatements(sql, 'x.sql'),
      },
    ],
    catalog: emptyCatalog(18),
    version: { engine: 'postgresql', major: 18 },
    timeZone: 'UTC',
    catalogIsComplete: true,
    context: 'nothing',
    planCommand: 'evenkeel plan x.sql',
  });
  expect(report.findings).toEqual([]);
});
