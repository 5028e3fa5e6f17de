import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { indexIsValidAs } from '../../src/plan/post-condition.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';

let database: TestDatabase;
let client: pg.Client;

beforeAll(async () => {
  database = await createTestDatabase(18);
  client = await database.client();
  await client.query('CREATE TABLE orders (id int, "Note" text, total int)');
});
afterAll(() => database.drop());

const ANY = { unique: false, hasPredicate: false };

test.each([
  ['(id)', { ...ANY, columns: ['id'] }, true],
  ['(id)', { ...ANY, columns: ['total'] }, false],
  ['(id)', { ...ANY, columns: ['id', 'total'] }, false],
  ['(total, id)', { ...ANY, columns: ['id', 'total'] }, false],
  ['(id, "Note") INCLUDE (total)', { ...ANY, columns: ['id', 'Note', 'total'] }, true],
  ['(id, lower("Note"))', { ...ANY, columns: ['id', null] }, true],
  ['(lower("Note"))', { ...ANY, columns: ['Note'] }, false],
  ['((id))', { ...ANY, columns: [null] }, true],
  ['(id) WHERE total > 1', { ...ANY, columns: ['id'] }, false],
  ['(id) WHERE total > 1', { ...ANY, hasPredicate: true, columns: ['id'] }, true],
  ['(id) WHERE true', { ...ANY, hasPredicate: true, columns: ['id'] }, true],
  ['(id)', { unique: true, hasPredicate: false, columns: ['id'] }, false],
])('an index on %s, where %o is wanted: %s', async (definition, shape, isWanted) => {
  await client.query(`CREATE INDEX wanted ON orders ${definition}`);
  try {
    const { rows } = await client.query<{ holds: boolean }>(indexIsValidAs('public.wanted', shape).sql ?? '');
    expect(rows).toEqual([{ holds: isWanted }]);
  } finally {
    await client.query('DROP INDEX wanted');
  }
});
