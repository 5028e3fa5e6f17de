import { describe, expect, test } from 'vitest';
import { applyStatement } from '../../src/catalog/apply-statement.ts';
import { catalogDifferences } from '../../src/catalog/catalog-differences.ts';
import { emptyCatalog } from '../../src/catalog/empty-catalog.ts';
import { readCatalog } from '../../src/catalog/read-catalog.ts';
import type { Connection } from '../../src/db/connection.ts';
import { connectPostgres } from '../../src/db/postgres.ts';
import type { Catalog } from '../../src/model/catalog.ts';
import { loadParser } from '../../src/sql/postgres/load-parser.ts';
import { parseStatements } from '../../src/sql/postgres/parse-statements.ts';
import { createTestDatabase } from '../support/test-database.ts';
import { COLUMN_SCRIPTS } from './scripts/columns.ts';
import { CONSTRAINT_SCRIPTS } from './scripts/constraints.ts';
import { type DdlScript, statementsOf } from './scripts/ddl-script.ts';
import { INDEX_SCRIPTS } from './scripts/indexes.ts';
import { OTHER_SCRIPTS } from './scripts/others.ts';
import { PARTITION_SCRIPTS } from './scripts/partitions.ts';
import { TABLE_SCRIPTS } from './scripts/tables.ts';

const SCRIPTS: readonly DdlScript[] = [
  ...TABLE_SCRIPTS,
  ...COLUMN_SCRIPTS,
  ...CONSTRAINT_SCRIPTS,
  ...INDEX_SCRIPTS,
  ...PARTITION_SCRIPTS,
  ...OTHER_SCRIPTS,
];

await loadParser();

describe.each([13, 15, 18])('folded and read from PostgreSQL %i', (major) => {
  test.each(SCRIPTS.filter((script) => (script.since ?? 0) <= major && major <= (script.until ?? 99)))(
    '$name',
    async (script) => {
      const database = await createTestDatabase(major);
      const changing = await connectPostgres(database.url, { applicationName: 'test' });
      const reading = await connectPostgres(database.url, { applicationName: 'test' });
      try {
        expect(await disagreements(script, changing, reading)).toEqual([]);
      } finally {
        await changing.close();
        await reading.close();
        await database.drop();
      }
    },
  );
});

/** After every statement: what the folded catalog says otherwise than the server. */
async function disagreements(script: DdlScript, changing: Connection, reading: Connection): Promise<readonly string[]> {
  const found: string[] = [];
  let folded = emptyCatalog(changing.serverMajor);
  for (const { sql, isRefused } of statementsOf(script)) {
    const error = await changing.execute(sql).then(
      () => null,
      (reason: unknown) => reason,
    );
    if (isRefused !== (error !== null)) found.push(`${sql} -> ${error === null ? 'not refused' : String(error)}`);
    for (const statement of parseStatements(sql, script.name)) folded = applyStatement(folded, statement);
    const live = await readCatalog(reading);
    const differences = catalogDifferences(withoutTemporary(folded), live, { expressions: 'meaning' });
    found.push(...differences.map((difference) => `${sql} -> ${difference}`));
    if (found.length > 0) return found;
  }
  return found;
}

function withoutTemporary(catalog: Catalog): Catalog {
  const kept = Object.entries(catalog.relations).filter(([, relation]) => relation.name.schema !== 'pg_temp');
  return { ...catalog, relations: Object.fromEntries(kept) };
}
