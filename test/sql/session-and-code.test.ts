import { beforeAll, describe, expect, test } from 'vitest';
import { loadParser } from '../../src/sql/postgres/load-parser.ts';
import { parseStatements } from '../../src/sql/postgres/parse-statements.ts';

beforeAll(() => loadParser());

const actionOf = (sql: string): unknown => parseStatements(sql, 'x.sql')[0]?.action;

describe('set_config()', () => {
  test.each([
    ["SELECT set_config('lock_timeout', '2s', false)", { name: 'lock_timeout', value: '2s', local: false }],
    ["SELECT pg_catalog.set_config('Search_Path', '', true)", { name: 'search_path', value: '', local: true }],
  ])('%s is a setting', (sql, expected) => {
    expect(actionOf(sql)).toMatchObject({ settings: [{ kind: 'set-variable', ...expected }] });
  });

  test.each(["SELECT set_config('lock_timeout', $1, false)", "SELECT set_config(x, '2s', false) FROM t", 'SELECT 1'])(
    '%s is none',
    (sql) => {
      expect(actionOf(sql)).not.toHaveProperty('settings');
    },
  );
});

test('a LIMIT anywhere in a change is seen', () => {
  expect(actionOf('DELETE FROM t WHERE id IN (SELECT id FROM t LIMIT 5)')).toHaveProperty('limited', true);
  expect(actionOf('DELETE FROM t WHERE id IN (SELECT id FROM t FETCH FIRST 5 ROWS ONLY)')).toHaveProperty(
    'limited',
    true,
  );
  expect(actionOf('DELETE FROM t WHERE id = 5')).not.toHaveProperty('limited');
});

describe('a block of code', () => {
  const code = (body: string): unknown => (actionOf(`DO $$ BEGIN ${body} END $$`) as { readonly code: unknown }).code;

  test('that executes what it puts together', () => {
    expect(code("EXECUTE 'DROP TABLE ' || 't';")).toHaveProperty('hasDynamicSql', true);
    expect(code("EXECUTE 'DROP TABLE t';")).not.toHaveProperty('hasDynamicSql');
  });

  test('that commits, in a branch or a loop, too', () => {
    expect(code('UPDATE t SET a = 1; COMMIT;')).toMatchObject({ endsTransaction: true, isCertain: true });
    expect(code('LOOP UPDATE t SET a = 1; ROLLBACK; END LOOP;')).toHaveProperty('endsTransaction', true);
    expect(code('UPDATE t SET a = 1;')).not.toHaveProperty('endsTransaction');
  });
});
