import { applyStatement } from '../../src/catalog/apply-statement.ts';
import { catalogDifferences } from '../../src/catalog/catalog-differences.ts';
import { emptyCatalog } from '../../src/catalog/empty-catalog.ts';
import { readCatalog } from '../../src/catalog/read-catalog.ts';
import type { Connection } from '../../src/db/connection.ts';
import type { Catalog } from '../../src/model/catalog.ts';
import { parseStatements } from '../../src/sql/postgres/parse-statements.ts';
import { type DdlScript, statementsOf } from './scripts/ddl-script.ts';

/** A session that changes the schema and one that reads it: changes may leave the first with another search path. */
export interface Sessions {
  readonly changing: Connection;
  readonly reading: Connection;
}

/** What the folded catalog says otherwise than the server, after the first statement where it does. */
export async function disagreements(script: DdlScript, { changing, reading }: Sessions): Promise<readonly string[]> {
  let folded = emptyCatalog(changing.serverMajor);
  for (const { sql, isRefused } of statementsOf(script)) {
    const error = await changing.execute(sql).then(
      () => null,
      (reason: unknown) => reason,
    );
    if (isRefused !== (error !== null)) return [`${sql} -> ${error === null ? 'not refused' : String(error)}`];
    for (const statement of parseStatements(sql, script.name)) folded = applyStatement(folded, statement);
    const live = await readCatalog(reading);
    const differences = catalogDifferences(withoutTemporary(folded), live, { expressions: 'meaning' });
    if (differences.length > 0) return differences.map((difference) => `${sql} -> ${difference}`);
  }
  return [];
}

function withoutTemporary(catalog: Catalog): Catalog {
  const kept = Object.entries(catalog.relations).filter(([, relation]) => relation.name.schema !== 'pg_temp');
  return { ...catalog, relations: Object.fromEntries(kept) };
}

/** Everything of the user's is gone, as in a new database, which would take longer to make. */
export async function emptyDatabase({ changing }: Sessions): Promise<void> {
  await changing.execute(`RESET ALL; DISCARD TEMP; DO $$
    DECLARE name text;
    BEGIN
      FOR name IN SELECT extname FROM pg_extension WHERE extname <> 'plpgsql' LOOP
        EXECUTE format('DROP EXTENSION %I CASCADE', name);
      END LOOP;
      FOR name IN SELECT pubname FROM pg_publication LOOP EXECUTE format('DROP PUBLICATION %I', name); END LOOP;
      FOR name IN SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' LOOP
        EXECUTE format('DROP SCHEMA %I CASCADE', name);
      END LOOP;
      CREATE SCHEMA public;
    END $$`);
}
