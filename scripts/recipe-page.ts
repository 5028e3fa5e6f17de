import { readFileSync } from 'node:fs';
import { applyStatement } from '../src/catalog/apply-statement.ts';
import { emptyCatalog } from '../src/catalog/empty-catalog.ts';
import type { PlanReport } from '../src/model/report.ts';
import { plan } from '../src/pipeline/plan.ts';
import { renderReport } from '../src/report/reporters.ts';
import { parseStatements } from '../src/sql/postgres/parse-statements.ts';

/** The recipe that is for PostgreSQL 17 and before. */
const OLDER: ReadonlySet<string> = new Set(['not-null-by-check']);

/** The plan of a recipe's `bad.sql`. The parser has to be loaded. */
export function recipeExample(recipe: string): PlanReport {
  const major = OLDER.has(recipe) ? 17 : 18;
  const path = `recipes/${recipe}/bad.sql`;
  const sql = readFileSync(path, 'utf8');
  const schema = parseStatements(readFileSync('recipes/schema.sql', 'utf8'), 'recipes/schema.sql');
  return plan({
    migrations: [
      {
        migration: {
          id: recipe,
          path,
          sql,
          checksum: '',
          format: 'sql',
          transaction: 'statement',
          foreignLedgerRow: null,
        },
        statements: parseStatements(sql, path),
      },
    ],
    catalog: schema.reduce(applyStatement, emptyCatalog(major)),
    catalogIsComplete: true,
    version: { engine: 'postgresql', major },
    timeZone: 'UTC',
  });
}

/** What `recipes/<name>/good.sql` has to say. */
export function recipePage(recipe: string): string {
  const { output } = renderReport(recipeExample(recipe), 'sql');
  // The fingerprint is that of the example's schema and says nothing to a reader.
  return output.replace(/, made for the schema with fingerprint\n-- [0-9a-f]+\./, '.');
}
