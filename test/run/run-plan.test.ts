import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { backfillStep, gateStep, indexStep, migration, plan, transactionStep } from './plan-fixture.ts';
import { createOrders, run, value } from './run-support.ts';

let database: TestDatabase;

describe.each([13, 15, 18])('PostgreSQL %i', (major) => {
  beforeEach(async () => {
    database = await createTestDatabase(major);
  });
  afterEach(() => database.drop());

  test('runs every kind of step, tells it, and remembers it', async () => {
    const client = await database.client();
    await createOrders(client, 2_000);
    const result = await run(
      database,
      plan(
        migration('0001_all', [
          transactionStep('01-column', 'ALTER TABLE orders ADD COLUMN extra int', {
            locks: ['public.orders ACCESS EXCLUSIVE'],
            condition:
              "SELECT EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'orders'::regclass AND attname = 'extra')",
          }),
          indexStep('02-index', 'CREATE INDEX CONCURRENTLY orders_note_idx ON orders (note)'),
          backfillStep('03-backfill'),
          gateStep('04-gate'),
          transactionStep('05-table', 'CREATE TABLE fresh (id int)'),
        ]),
      ),
    );
    expect(result.summary).toBe('Done: one migration is applied.');
    expect(result.outcome).toBe('completed');
    expect(result.of('step:done').map(({ step }) => step)).toEqual([
      '01-column',
      '02-index',
      '03-backfill',
      '05-table',
    ]);
    expect(result.of('gate:passed')).toHaveLength(1);
    expect(result.exposure).toMatchObject({ strikes: 1, waitedInQueueMs: 0 });
    expect(await value(client, 'SELECT count(*)::int FROM orders WHERE changed = 1 AND NOT todo')).toBe(2_000);
    expect(await value(client, "SELECT state FROM evenkeel.migration WHERE id = '0001_all'")).toBe('applied');
    expect(await value(client, 'SELECT count(*)::int FROM evenkeel.step')).toBe(5);
    expect(await value(client, "SELECT count(*)::int FROM evenkeel.event WHERE body->>'type' = 'run:end'")).toBe(1);
  });
});
