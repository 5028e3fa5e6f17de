import type pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { judgeFaultedRuns, judgeResumingRun } from '../../faults/judge/judge-runs.ts';
import { isConnectionLost } from '../../faults/load/broken-request.ts';
import { WriterBook } from '../../faults/load/writer-book.ts';
import { SECRET } from '../../faults/servers/fault-server.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';

const run = (exitCode: number | null, output: string, signal: string | null = null) => ({ exitCode, signal, output });
const EXPECTED = { words: '3, then done', endings: [3] } as const;

describe('runs', () => {
  test('one that ends as promised and names the next command is fine', () => {
    expect(judgeFaultedRuns([run(3, 'Stopped. It was lost.\nNext: evenkeel apply migrations\n')], EXPECTED)).toEqual(
      [],
    );
  });

  test.each([
    ['another exit code', run(2, 'error Lost.\nNext: again\n'), /ended with 2, not 3/],
    ['no next command', run(3, 'Stopped. It was lost.\n'), /exit code 3 without a next command/],
    ['the password in its output', run(3, `Stopped. ${SECRET}\nNext: again\n`), /the password stands in the output/],
    ['a fault of its own', run(3, 'error This is a fault of Evenkeel itself: x\nNext: again\n'), /blames itself/],
  ])('%s is told', (_what, ended, sentence) => {
    expect(judgeFaultedRuns([ended], EXPECTED).join()).toMatch(sentence);
  });

  test('what had to be said and was not is told', () => {
    const wrong = judgeFaultedRuns([run(3, 'Stopped.\nNext: again\n')], { ...EXPECTED, says: /No space/ });
    expect(wrong.join()).toMatch(/no run said/);
  });

  test('a run that goes on may stop once more, but not fail otherwise', () => {
    expect(judgeResumingRun(run(0, 'Done: one migration is applied.\n'))).toEqual([]);
    expect(judgeResumingRun(run(3, 'Stopped.\nNext: again\n'))).toEqual([]);
    expect(judgeResumingRun(run(1, 'error Stale.\nNext: again\n')).join()).toMatch(/after the fault ended with 1/);
    expect(judgeResumingRun(null).join()).toMatch(/ended with stuck/);
  });
});

describe('rows', () => {
  let database: TestDatabase;
  let client: pg.Client;
  const insert = (number: number, total = 0) => client.query('INSERT INTO orders VALUES (1, $1, $2)', [number, total]);

  beforeEach(async () => {
    database = await createTestDatabase(18);
    client = await database.client();
    await client.query('CREATE TABLE orders (writer int, number int, total int)');
  });
  afterEach(() => database.drop());

  test('every write that was told, once, and a counter within what is sure', async () => {
    const book = new WriterBook(1);
    await insert(0, 2);
    await insert(1);
    book.inserted(1, true);
    book.inserted(2, false);
    book.counted(true);
    book.counted(false);
    expect(await book.differences(client)).toEqual([]);
  });

  test('a lost write, a double one, one too much and a wrong counter are told', async () => {
    const book = new WriterBook(1);
    for (const number of [0, 2, 2, 3]) await insert(number);
    book.inserted(1, true);
    book.inserted(2, true);
    book.counted(true);
    expect(await book.differences(client)).toEqual([
      'order 1 of writer 1 is there 0 times',
      'order 2 of writer 1 is there 2 times',
      'order 3 of writer 1 is too much',
      'the counter of writer 1 is 0 instead of 1 to 1',
    ]);
  });
});

test('a lost connection is told from an answer of the server', () => {
  for (const cause of ['57P01', '08006', 'ECONNRESET', 'Connection terminated unexpectedly', '53300']) {
    expect(isConnectionLost(cause), cause).toBe(true);
  }
  for (const cause of ['40P01', '55P03', '42703', '53100']) expect(isConnectionLost(cause), cause).toBe(false);
});
