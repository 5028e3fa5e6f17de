import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { emptyCatalog } from '../../src/catalog/empty-catalog.ts';
import { FILE_RULES } from '../../src/lint/file-rules.ts';
import { STYLE } from '../../src/lint/rule.ts';
import { RULE_DESCRIPTIONS } from '../../src/lint/rule-descriptions.ts';
import { RULES } from '../../src/lint/rules.ts';
import type { RuleSettings } from '../../src/model/rule-settings.ts';
import { check } from '../../src/pipeline/check.ts';
import { loadParser } from '../../src/sql/postgres/load-parser.ts';
import { parseStatements } from '../../src/sql/postgres/parse-statements.ts';
import { checkExample } from '../support/rule-example.ts';

beforeAll(() => loadParser());

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

describe.each(RULE_DESCRIPTIONS)('$id', ({ id, group, severity }) => {
  // A rule of taste speaks only to those who ask for it.
  const settings: RuleSettings = group === STYLE ? { [id]: severity } : {};

  test('speaks up about bad.sql', () => {
    // Where a sharper rule says the same better, it speaks instead.
    const sharper = RULE_DESCRIPTIONS.filter((one) => one.group === id).map((one) => one.id);
    const { findings: all } = checkExample(`rules/${id}/bad.sql`, settings);
    const findings = all.filter((finding) => finding.rule === id || sharper.includes(finding.rule));
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({ path: `rules/${id}/bad.sql` });
    if (findings[0]?.rule === id) expect(findings[0].severity).toBe(severity);
    for (const text of [findings[0]?.title, findings[0]?.consequence, findings[0]?.remedy]) expect(text).toMatch(/\.$/);
    const isAboutFile = Object.values(FILE_RULES).some((rule) => rule.id === id);
    expect(findings[0]?.nextCommand).toBe(isAboutFile ? `evenkeel rules ${id}` : `evenkeel plan rules/${id}/bad.sql`);
  });

  test('is silent about good.sql, and so is every other rule: the advice is clean', () => {
    const { findings } = checkExample(`rules/${id}/good.sql`, settings);
    expect(findings.filter((finding) => finding.rule === id)).toEqual([]);
    const grave = findings.filter((finding) => finding.severity !== 'info');
    expect(grave.map(({ rule, title }) => `${rule}: ${title}`)).toEqual([]);
  });

  test('is told by its own name, not by one more general', () => {
    const rules = checkExample(`rules/${id}/bad.sql`, settings).findings.map((finding) => finding.rule);
    if (group !== undefined) expect(rules).not.toContain(group);
  });
});

test('a rule has nothing to say about other statements than those that it names', () => {
  const examples = RULE_DESCRIPTIONS.flatMap(({ id }) => [`rules/${id}/bad.sql`, `rules/${id}/good.sql`]);
  const everything = (): readonly string[] =>
    examples.flatMap((path) =>
      // A setting of its own for each look, as rules are picked once for each.
      checkExample(path, { style: 'info' }).findings.map(({ rule, title }) => `${path} ${rule} ${title}`),
    );
  const picked = everything();
  const named = RULES.map(({ about, commands }) => ({ about, commands }));
  try {
    for (const rule of RULES) Object.assign(rule, { about: undefined, commands: undefined });
    expect(everything()).toEqual(picked);
  } finally {
    for (const [index, rule] of RULES.entries()) Object.assign(rule, named[index]);
  }
});

test('a group is a rule or the matter of taste', () => {
  const ids = [...RULE_DESCRIPTIONS.map(({ id }) => id), STYLE];
  for (const { group } of RULE_DESCRIPTIONS) if (group !== undefined) expect(ids).toContain(group);
});

test('a table that the same file creates is not in use, so nothing is said about locking it', () => {
  const sql = 'CREATE TABLE fresh (a int); CREATE INDEX ON fresh (a); ALTER TABLE fresh ALTER COLUMN a TYPE bigint;';
  const report = check({
    migrations: [
      {
        migration: {
          id: 'x',
          path: 'x.sql',
          sql,
          checksum: '',
          format: 'sql',
          transaction: 'statement',
          foreignLedgerRow: null,
        },
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
