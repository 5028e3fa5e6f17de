import { beforeAll, describe, expect, test } from 'vitest';
import { loadParser } from '../../src/sql/postgres/load-parser.ts';
import { findingsOf, type Terms } from '../support/findings-of.ts';

beforeAll(() => loadParser());

/** Where one rule speaks up, as `file:line`. */
const places = (rule: string, files: readonly string[], terms: Terms = {}): readonly string[] =>
  findingsOf(files, terms)
    .filter((finding) => finding.rule === rule)
    .map(({ path, focus }) => `${path}:${focus.line}`);

const rulesOf = (sql: string, terms: Terms = {}): readonly string[] => findingsOf([sql], terms).map(({ rule }) => rule);

const IN_FILE: Terms = { transaction: 'file', format: 'goose' };
const IN_RUN: Terms = { transaction: 'run', format: 'drizzle' };

describe('strong-lock-held', () => {
  const held = (files: readonly string[], terms: Terms = {}) => places('strong-lock-held', files, terms);

  test('needs a transaction around both statements', () => {
    const sql = 'ALTER TABLE a ADD COLUMN y int;\nUPDATE a SET y = 1;';
    expect(held([sql])).toEqual([]);
    expect(held([sql], IN_FILE)).toEqual(['0.sql:2']);
    expect(held([`BEGIN;\n${sql}\nCOMMIT;`])).toEqual(['0.sql:3']);
    expect(held([sql.replace('\n', 'COMMIT;\n')], IN_FILE)).toEqual([]);
  });

  test('a lock of an earlier file counts where the tool runs all that is pending in one', () => {
    const files = ['ALTER TABLE a ADD COLUMN y int;', 'UPDATE b SET x = 1;'];
    expect(held(files, IN_RUN)).toEqual(['1.sql:1']);
    expect(held(files, IN_FILE)).toEqual([]);
    const [finding] = findingsOf(files, IN_RUN).filter(({ rule }) => rule === 'strong-lock-held');
    expect(finding).toMatchObject({ severity: 'error', relations: ['public.a'] });
  });

  test('an index build, a scan and a rewrite under the lock of another table', () => {
    const sql = 'ALTER TABLE a ADD COLUMN y int;\n';
    expect(held([`${sql}CREATE INDEX ON b (x);`], IN_FILE)).toEqual(['0.sql:2']);
    expect(held([`${sql}ALTER TABLE b ALTER COLUMN x TYPE bigint;`], IN_FILE)).toEqual(['0.sql:2']);
    expect(held([`${sql}ALTER TABLE b ALTER COLUMN x SET NOT NULL;`], IN_FILE)).toEqual(['0.sql:2']);
  });

  test('what closes the same table itself is said by the rule for that', () => {
    const sql = 'ALTER TABLE a ADD COLUMN y int;\nALTER TABLE a ALTER COLUMN x TYPE bigint;';
    expect(held([sql], IN_FILE)).toEqual([]);
    expect(findingsOf([sql], IN_FILE).some(({ severity }) => severity === 'error')).toBe(true);
  });

  test('one row, a new table and brief work are no long work', () => {
    const sql = 'ALTER TABLE a ADD COLUMN y int;\n';
    for (const next of [
      'UPDATE b SET x = 1 WHERE id = 1;',
      'INSERT INTO b VALUES (1, 2);',
      'CREATE TABLE fresh (x int); CREATE INDEX ON fresh (x); UPDATE fresh SET x = 1;',
      'ALTER TABLE a ADD COLUMN z int;',
      "COMMENT ON TABLE b IS 'b';",
    ]) {
      expect(held([sql + next], IN_FILE), next).toEqual([]);
    }
  });

  test('a lock on a new table keeps nobody out', () => {
    expect(held(['CREATE TABLE fresh (x int); ALTER TABLE fresh ADD y int; UPDATE a SET x = 1;'], IN_FILE)).toEqual([]);
  });

  test('a batch by key is a warning', () => {
    const sql = 'ALTER TABLE a ADD COLUMN y int; UPDATE a SET y = 1 WHERE id BETWEEN 1 AND 100;';
    const [finding] = findingsOf([sql], IN_FILE).filter(({ rule }) => rule === 'strong-lock-held');
    expect(finding?.severity).toBe('warning');
  });
});

describe('several tables closed in one transaction', () => {
  const ORDER = ['strong-locks-in-transaction', 'lock-order-against-foreign-key', 'locks-in-opposite-orders'];
  const said = (files: readonly string[], terms: Terms = IN_FILE): readonly string[] =>
    findingsOf(files, terms).flatMap(({ rule, path, focus }) =>
      ORDER.includes(rule) ? [`${rule} ${path}:${focus.line}`] : [],
    );

  test('is said once, with the second table', () => {
    const sql =
      'ALTER TABLE a ADD y int;\nALTER TABLE a ADD z int;\nALTER TABLE b ADD y int;\nALTER TABLE child ADD y int;';
    expect(said([sql])).toEqual(['strong-locks-in-transaction 0.sql:3', 'lock-order-against-foreign-key 0.sql:4']);
    expect(said([sql], {})).toEqual([]);
  });

  test('a foreign key between them says it better, in either order', () => {
    for (const tables of [
      ['a', 'child'],
      ['child', 'a'],
    ]) {
      const sql = tables.map((table) => `ALTER TABLE ${table} ADD y int;`).join('\n');
      expect(said([sql])).toEqual(['lock-order-against-foreign-key 0.sql:2']);
    }
  });

  test('sequences, new tables and weak locks are none', () => {
    expect(said(['ALTER TABLE a ADD y int; CREATE TABLE c (x int); ALTER TABLE c ADD y int; ANALYZE b;'])).toEqual([]);
  });

  test('opposite orders are found across the transactions of a run', () => {
    const ab = 'ALTER TABLE a ADD y int;\nALTER TABLE b ADD y int;';
    const ba = 'ALTER TABLE b ADD z int;\nALTER TABLE a ADD z int;';
    expect(said([ab, ba])).toEqual(['strong-locks-in-transaction 0.sql:2', 'locks-in-opposite-orders 1.sql:2']);
    expect(said([ab, ab.replaceAll('ADD y', 'ADD z')]).at(-1)).toBe('strong-locks-in-transaction 1.sql:2');
    expect(said([`BEGIN; ${ab} COMMIT; BEGIN; ${ba} COMMIT;`], {}).at(-1)).toMatch(/^locks-in-opposite-orders/);
    expect(said([`BEGIN; ${ab} ROLLBACK; BEGIN; ${ba} COMMIT;`], {}).at(-1)).toMatch(/^strong-locks-in-transaction/);
  });
});

describe('schema and rows in one transaction', () => {
  test('in either order, and only where both are in use', () => {
    const mixed = (sql: string) => places('ddl-with-dml', [sql], IN_FILE);
    expect(mixed('ALTER TABLE a ADD y int;\nUPDATE b SET x = 1 WHERE id = 1;')).toEqual(['0.sql:2']);
    expect(mixed('UPDATE b SET x = 1 WHERE id = 1;\nALTER TABLE a ADD y int;\nALTER TABLE a ADD z int;')).toEqual([
      '0.sql:2',
    ]);
    expect(mixed('CREATE TABLE c (x int); INSERT INTO c VALUES (1); ALTER TABLE c ADD y int;')).toEqual([]);
    expect(mixed('CREATE TABLE c (x int); INSERT INTO c VALUES (1); ALTER TABLE a ADD y int;')).toEqual([]);
    expect(mixed('ALTER TABLE a ADD y int; CREATE TABLE c (x int); INSERT INTO c VALUES (1);')).toEqual([]);
  });
});

describe('BEGIN and COMMIT', () => {
  const CONTROL = ['transaction-in-transaction', 'transaction-closed-early', 'transaction-not-closed'];
  const control = (sql: string, terms: Terms = {}): readonly string[] =>
    rulesOf(sql, terms).filter((rule) => CONTROL.includes(rule));

  test('of a file whose tool opens none are right', () => {
    expect(control('BEGIN; ALTER TABLE a ADD y int; COMMIT; BEGIN; SELECT 1; ROLLBACK;')).toEqual([]);
  });

  test('inside another transaction', () => {
    expect(control('BEGIN; BEGIN; COMMIT;')).toEqual(['transaction-in-transaction']);
    expect(control('BEGIN; ALTER TABLE a ADD y int; COMMIT;', IN_FILE)).toEqual(CONTROL.slice(0, 2));
    expect(control('SAVEPOINT s; ROLLBACK TO s;', IN_FILE)).toEqual([]);
  });

  test('where nobody closes what the file opened', () => {
    expect(control('BEGIN; ALTER TABLE a ADD y int;')).toEqual(['transaction-not-closed']);
    expect(places('transaction-not-closed', ['SELECT 1;\nBEGIN;\nALTER TABLE a ADD y int;'])).toEqual(['0.sql:2']);
  });

  test('make one message with several statements their own', () => {
    const message: Terms = { format: 'prisma', isOneMessage: true };
    const sql = 'ALTER TABLE b ADD y int;\nBEGIN;\nALTER TABLE a ADD y int;\nCOMMIT;\nUPDATE a SET x = 1;';
    expect(control(sql, message)).toEqual([]);
    expect(places('strong-lock-held', [sql], message)).toEqual([]);
    expect(places('strong-lock-held', [sql.replace('COMMIT;', '')], message)).toEqual(['0.sql:5']);
  });
});

describe('one message of several statements', () => {
  const message: Terms = { format: 'prisma', isOneMessage: true };

  test('is a transaction, of one statement it is none', () => {
    const build = 'CREATE INDEX CONCURRENTLY i ON a (x);';
    expect(rulesOf(build, message)).not.toContain('outside-transaction');
    expect(rulesOf(`SELECT 1; ${build}`, message)).toContain('outside-transaction');
    expect(rulesOf(`SELECT 1; ${build}`, { format: 'prisma' })).not.toContain('outside-transaction');
  });
});

describe('half-applied-on-failure', () => {
  const half = (sql: string, terms: Terms) => places('half-applied-on-failure', [sql], terms);
  const two = 'ALTER TABLE a ADD y int;\nALTER TABLE a ADD z int;\nALTER TABLE a ADD w int;';

  test('once a file, where a tool sends statement by statement', () => {
    expect(half(two, { format: 'prisma' })).toEqual(['0.sql:2']);
    expect(half(two, {})).toEqual([]);
    expect(half(two, IN_FILE)).toEqual([]);
    expect(half(`BEGIN; ${two} COMMIT;`, { format: 'prisma' })).toEqual([]);
    expect(half('ALTER TABLE a ADD y int; UPDATE a SET y = 1;', { format: 'prisma' })).toEqual([]);
    expect(half(two, { format: 'prisma', isOneMessage: true })).toEqual([]);
  });
});
