import { beforeAll, expect, test } from 'vitest';
import { applyStatement } from '../../src/catalog/apply-statement.ts';
import { emptyCatalog } from '../../src/catalog/empty-catalog.ts';
import { deriveFacts } from '../../src/facts/postgres/derive-facts.ts';
import { loadParser } from '../../src/sql/postgres/load-parser.ts';
import { parseStatements } from '../../src/sql/postgres/parse-statements.ts';

beforeAll(loadParser);

/** Why each statement would be refused, on a database of which everything is known before the first. */
function refusals(sql: string, catalogIsComplete = true): readonly (string | null)[] {
  let catalog = parseStatements('CREATE TABLE t (a int, b text)', 'schema').reduce(applyStatement, emptyCatalog(16));
  return parseStatements(sql, 'case').map((statement) => {
    const version = { engine: 'postgresql', major: 16 } as const;
    const { failure } = deriveFacts({ statement, catalog, version, timeZone: 'UTC', catalogIsComplete });
    catalog = applyStatement(catalog, statement);
    return failure?.sqlstate ?? null;
  });
}

test('what an extension brings is let pass from CREATE EXTENSION on', () => {
  expect(refusals('ALTER TABLE t ADD u uuid DEFAULT uuid_generate_v4()')).toEqual(['42883']);
  expect(refusals('CREATE EXTENSION "uuid-ossp"; ALTER TABLE t ADD u uuid DEFAULT uuid_generate_v4()')).toEqual([
    null,
    null,
  ]);
  const dropped =
    'CREATE EXTENSION "uuid-ossp"; DROP EXTENSION "uuid-ossp"; ALTER TABLE t ADD u uuid DEFAULT uuid_generate_v4()';
  expect(refusals(dropped)).toEqual([null, null, '42883']);
});

test.each(['gist', 'gin'])('btree_%s makes the method take plain types', (method) => {
  expect(refusals(`CREATE INDEX ON t USING ${method} (a)`)).toEqual(['42704']);
  expect(
    refusals('CREATE EXTENSION pg_trgm; CREATE INDEX ON t USING brin (b); CREATE INDEX ON t USING gin (b)'),
  ).toEqual([null, null, '42704']);
  expect(refusals(`CREATE EXTENSION btree_${method}; CREATE INDEX ON t USING ${method} (a)`)).toEqual([null, null]);
  // Somebody may have made the extension where nobody could look.
  expect(refusals(`CREATE INDEX ON t USING ${method} (a)`, false)).toEqual([null]);
});
