import { beforeAll, expect, test } from 'vitest';
import { emptyCatalog } from '../../src/catalog/empty-catalog.ts';
import type { SessionSettings, TransactionScope } from '../../src/model/transaction-unit.ts';
import { durationMs } from '../../src/pipeline/duration-ms.ts';
import { judgeStatements } from '../../src/pipeline/judge-statements.ts';
import { TransactionWalk } from '../../src/pipeline/transaction-walk.ts';
import { loadParser } from '../../src/sql/postgres/load-parser.ts';
import { parseStatements } from '../../src/sql/postgres/parse-statements.ts';

beforeAll(() => loadParser());

interface Seen {
  readonly openedBy: string | null;
  readonly earlier: number;
  readonly held: readonly string[];
  readonly session: SessionSettings;
}

/** What each statement of the files finds when it comes to it. */
function walk(files: readonly string[], scope: TransactionScope, arePending = false): readonly Seen[] {
  const transactions = new TransactionWalk();
  return files.flatMap((sql, index) => {
    transactions.startFile(scope, arePending && index > 0);
    const statements = parseStatements(sql, `${index}.sql`);
    const options = {
      version: { engine: 'postgresql', major: 18 },
      timeZone: 'UTC',
      catalogIsComplete: false,
    } as const;
    return judgeStatements(statements, emptyCatalog(18), options).steps.map(({ statement, facts }) => {
      const { openedBy, earlier, held } = transactions.unit();
      const seen: Seen = {
        openedBy,
        earlier: earlier.length,
        held: [...held].map(([relation, { mode }]) => `${mode} on ${relation}`),
        session: transactions.session(),
      };
      transactions.pass(statement.action, facts, { path: `${index}.sql`, line: statement.span.line });
      return seen;
    });
  });
}

const last = (seen: readonly Seen[]): Seen | undefined => seen.at(-1);

test('a statement of a plain file runs alone', () => {
  expect(last(walk(['ALTER TABLE a ADD x int; SELECT 1;'], 'statement'))).toMatchObject({
    openedBy: null,
    earlier: 0,
    held: [],
  });
});

test('BEGIN opens a transaction that keeps its locks, the strongest of each table', () => {
  const seen = walk(
    ['BEGIN; LOCK TABLE a IN SHARE MODE; ALTER TABLE a ADD x int; SELECT 1; COMMIT; SELECT 1;'],
    'statement',
  );
  expect(seen[3]).toMatchObject({ openedBy: 'file', earlier: 2, held: ['ACCESS EXCLUSIVE on public.a'] });
  expect(last(seen)).toMatchObject({ openedBy: null, held: [] });
});

test('a tool opens one for each file, or one for all files that are pending', () => {
  const files = ['ALTER TABLE a ADD x int;', 'SELECT 1;'];
  expect(last(walk(files, 'file'))).toMatchObject({ openedBy: 'tool', held: [] });
  expect(last(walk(files, 'run', true))).toMatchObject({ openedBy: 'tool', held: ['ACCESS EXCLUSIVE on public.a'] });
  expect(last(walk(files, 'run'))).toMatchObject({ openedBy: 'tool', held: [] });
});

test('COMMIT in a file ends the transaction of its tool', () => {
  const seen = walk(['ALTER TABLE a ADD x int; COMMIT; SELECT 1;'], 'file');
  expect(last(seen)).toMatchObject({ openedBy: null, held: [] });
});

test('SET LOCAL counts inside a transaction only, and ends with it', () => {
  const seen = walk(
    ["SET LOCAL lock_timeout = '2s'; SELECT 1; BEGIN; SET LOCAL lock_timeout = '2s'; SELECT 1; COMMIT; SELECT 1;"],
    'statement',
  );
  expect(seen.map(({ session }) => session.lockTimeoutMs)).toEqual([null, null, null, null, 2000, 2000, null]);
});

test('SET stays, RESET and ROLLBACK take it back', () => {
  const seen = walk(
    [
      "SET lock_timeout = 500; BEGIN; SET lock_timeout = '1min'; SELECT 1; ROLLBACK; SELECT 1; RESET lock_timeout; SELECT 1;",
    ],
    'statement',
  );
  expect(seen.map(({ session }) => session.lockTimeoutMs)).toEqual([null, 500, 500, 60_000, 60_000, 500, 500, null]);
});

test('a client that is started anew for each file starts with nothing set', () => {
  const files = ['SET lock_timeout = 500; SELECT 1;', 'SELECT 1;'];
  expect(last(walk(files, 'statement'))?.session.lockTimeoutMs).toBeNull();
  expect(last(walk(files, 'run', true))?.session.lockTimeoutMs).toBe(500);
});

test('durations as the server reads them', () => {
  expect(['100', '2s', '1.5 min', '0', "'3h'", '500us', 'soon'].map(durationMs)).toEqual([
    100,
    2000,
    90_000,
    0,
    10_800_000,
    1,
    null,
  ]);
});
