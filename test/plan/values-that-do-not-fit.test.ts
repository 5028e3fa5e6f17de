import { expect, test } from 'vitest';
import { planMigrations } from '../../src/api/check-migrations.ts';
import type { Plan } from '../../src/model/plan.ts';
import { scratchFolder } from '../support/scratch-folder.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { walkPlan } from '../support/walk-plan.ts';

const { write } = scratchFolder('fit');

async function narrowed(database: TestDatabase): Promise<Plan> {
  const client = await database.client();
  await client.query(`CREATE TABLE t (id int PRIMARY KEY, status varchar(20), note text);
    INSERT INTO t VALUES (1, 'abc'), (2, NULL)`);
  const file = write('m.sql', 'ALTER TABLE t ALTER COLUMN status TYPE varchar(5);');
  return (await planMigrations({ paths: [file], databaseUrl: database.url })).plan;
}

/** The plan from the step with that name on. */
function restOf(plan: Plan, name: string): Plan {
  return {
    ...plan,
    migrations: plan.migrations.map((one) => ({
      ...one,
      steps: one.steps.slice(one.steps.findIndex(({ id }) => id.includes(name))),
    })),
  };
}

test.each([13, 18])('what old code writes before the gate is found behind it, and mended, on %i', async (major) => {
  const database = await createTestDatabase(major);
  const client = await database.client();
  const plan = await narrowed(database);
  const walk = walkPlan(plan, client, async (step) => {
    if (step?.kind === 'gate') await client.query(`INSERT INTO t (id, status) VALUES (3, 'too long')`);
  });
  await expect(walk).rejects.toThrow(/value too long for type character varying\(5\)/);
  await client.query('ROLLBACK');
  // The row has its value, and can be changed in what is not about it.
  await client.query("UPDATE t SET note = 'still in use' WHERE id = 3");
  expect((await client.query('SELECT status, note FROM t WHERE id = 3')).rows).toEqual([
    { status: 'too long', note: 'still in use' },
  ]);
  await client.query("UPDATE t SET status = 'short' WHERE id = 3");
  await walkPlan(restOf(plan, 'copy-rest-'), client, async () => undefined);
  expect((await client.query('SELECT status FROM t ORDER BY id')).rows).toEqual([
    { status: 'abc' },
    { status: null },
    { status: 'short' },
  ]);
  await database.drop();
});

test.each([13, 18])(
  'between the last look and the swap nobody can write such a value any more, on %i',
  async (major) => {
    const database = await createTestDatabase(major);
    const [client, application] = [await database.client(), await database.client()];
    const plan = await narrowed(database);
    const seen: string[] = [];
    await walkPlan(plan, client, async (step) => {
      if (step === null || !/copy-rest-|swap-/.test(step.id)) return;
      await expect(application.query(`INSERT INTO t (id, status) VALUES (4, 'too long')`)).rejects.toThrow(
        /too long for type/,
      );
      await expect(application.query(`UPDATE t SET status = 'too long' WHERE id = 1`)).rejects.toThrow(/too long/);
      seen.push(step.kind);
    });
    expect(seen).toEqual(['backfill', 'transaction']);
    expect((await client.query('SELECT status FROM t ORDER BY id')).rows).toEqual([
      { status: 'abc' },
      { status: null },
    ]);
    await database.drop();
  },
);
