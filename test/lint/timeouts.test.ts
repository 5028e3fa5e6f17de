import { beforeAll, describe, expect, test } from 'vitest';
import { loadParser } from '../../src/sql/postgres/load-parser.ts';
import { findingsOf } from '../support/findings-of.ts';

beforeAll(() => loadParser());

const TIMEOUTS =
  /^(?:lock-timeout-.*|lock-queue|set-local-without-transaction|timeout-cuts-backfill|session-setting-stays)$/;
const rulesOf = (sql: string, terms: Parameters<typeof findingsOf>[1] = {}): readonly string[] =>
  findingsOf([sql], terms).flatMap(({ rule, focus }) => (TIMEOUTS.test(rule) ? [`${rule} ${focus.line}`] : []));
const IN_FILE = { transaction: 'file', format: 'goose' } as const;
const ALTER = 'ALTER TABLE a ADD y int;';

describe('lock_timeout', () => {
  test.each([
    ['', 'lock-queue 2'],
    ["SET lock_timeout = '500ms';", 'lock-queue 2'],
    ['SET lock_timeout = 1000;', 'lock-queue 2'],
    ['SET lock_timeout = 1001;', 'lock-timeout-too-long 2'],
    ["SET lock_timeout = '5s';", 'lock-timeout-too-long 2'],
    ["SELECT set_config('lock_timeout', '5s', false);", 'lock-timeout-too-long 2'],
    ["SELECT pg_catalog.set_config('lock_timeout', '500ms', false);", 'lock-queue 2'],
    ['SET lock_timeout = 0;', 'lock-timeout-off 2'],
    ["SET lock_timeout = '0s';", 'lock-timeout-off 2'],
    ['SET lock_timeout = 500; RESET lock_timeout;', 'lock-timeout-off 2'],
    ['SET lock_timeout = 500; RESET ALL;', 'lock-timeout-off 2'],
    ['RESET lock_timeout;', 'lock-queue 2'],
    ['RESET ALL;', 'lock-queue 2'],
    ['SET statement_timeout = 0;', 'lock-queue 2'],
  ])('%s', (settings, expected) => {
    expect(rulesOf(`${settings}\n${ALTER}`)).toEqual([expected]);
  });

  test('of a transaction ends with it, and with ROLLBACK', () => {
    expect(rulesOf(`BEGIN; SET LOCAL lock_timeout = '5s'; COMMIT;\n${ALTER}`)).toEqual(['lock-queue 2']);
    expect(rulesOf(`BEGIN; SET lock_timeout = '5s'; ROLLBACK;\n${ALTER}`)).toEqual(['lock-queue 2']);
    expect(rulesOf(`BEGIN; SELECT set_config('lock_timeout', '5s', true); COMMIT;\n${ALTER}`)).toEqual([
      'lock-queue 2',
    ]);
  });

  test('says nothing where no strong lock on a table in use is waited for', () => {
    const long = "SET lock_timeout = '5s';\n";
    expect(rulesOf(`${long}CREATE TABLE c (x int); ALTER TABLE c ADD y int;`)).toEqual([]);
    expect(rulesOf(`${long}UPDATE a SET x = 1 WHERE id = 1;`)).toEqual([]);
    expect(rulesOf('SET lock_timeout = 0;\nCREATE INDEX CONCURRENTLY i ON a (x);')).toEqual([]);
  });

  test('is waited for once in a transaction', () => {
    const sql = `BEGIN; SET lock_timeout = '5s';\n${ALTER}\nALTER TABLE a ADD z int;\nCOMMIT;`;
    expect(rulesOf(sql).filter((rule) => rule.startsWith('lock-timeout'))).toEqual(['lock-timeout-too-long 2']);
  });

  test('a short one makes the note milder', () => {
    const [note] = findingsOf([`SET lock_timeout = 300;\n${ALTER}`]);
    expect(note).toMatchObject({
      rule: 'lock-queue',
      severity: 'info',
      consequence: expect.stringContaining('300 ms'),
    });
  });

  test('comes too late behind the first strong lock', () => {
    const late = (sql: string) => rulesOf(sql).filter((rule) => rule.startsWith('lock-timeout-too-late'));
    expect(late(`${ALTER}\nSET lock_timeout = 500;`)).toEqual(['lock-timeout-too-late 2']);
    expect(late(`SET lock_timeout = 500; ${ALTER} SET lock_timeout = 0; SELECT 1;\nSET lock_timeout = 500;`)).toEqual(
      [],
    );
    expect(late(`CREATE TABLE c (x int);\nSET lock_timeout = 500; ${ALTER}`)).toEqual([]);
    expect(late(`UPDATE a SET x = 1 WHERE id = 1;\nSET lock_timeout = 500; ${ALTER}`)).toEqual([]);
    expect(late(`${ALTER}\nSET lock_timeout = 0;`)).toEqual([]);
  });
});

describe('SET LOCAL', () => {
  test('needs a transaction', () => {
    const local = 'SET LOCAL lock_timeout = 500;';
    expect(rulesOf(local)).toEqual(['set-local-without-transaction 1']);
    expect(rulesOf(local, IN_FILE)).toEqual([]);
    expect(rulesOf(`BEGIN; ${local} COMMIT;\n${local}`)).toEqual(['set-local-without-transaction 2']);
    expect(rulesOf(local, { format: 'prisma', isOneMessage: true })).toEqual(['set-local-without-transaction 1']);
  });
});

describe('session-setting-stays', () => {
  test('in the transaction of a tool, for what matters later', () => {
    expect(rulesOf("SET search_path = x;\nSET timezone = 'UTC';\nSET search_path = y;", IN_FILE)).toEqual([
      'session-setting-stays 1',
      'session-setting-stays 2',
    ]);
    expect(rulesOf('SET search_path = x;')).toEqual([]);
    expect(rulesOf('SET LOCAL search_path = x; SET client_min_messages = warning;', IN_FILE)).toEqual([]);
    expect(rulesOf('SET search_path = x; CREATE TABLE c (x int); RESET search_path;', IN_FILE)).toEqual([]);
    expect(rulesOf('SET search_path = x; RESET ALL;', IN_FILE)).toEqual([]);
  });
});

describe('timeout-cuts-backfill', () => {
  test('only for work without a bound', () => {
    const short = "SET statement_timeout = '5s';\n";
    expect(rulesOf(`${short}UPDATE a SET x = 1;`)).toEqual(['timeout-cuts-backfill 2']);
    expect(rulesOf(`${short}UPDATE a SET x = 1 WHERE id BETWEEN 1 AND 10;`)).toEqual([]);
    expect(rulesOf(`${short}INSERT INTO a VALUES (1);`)).toEqual([]);
    expect(rulesOf("SET statement_timeout = '2h'; UPDATE a SET x = 1;")).toEqual([]);
    expect(rulesOf('SET statement_timeout = 0; UPDATE a SET x = 1;')).toEqual([]);
  });
});
