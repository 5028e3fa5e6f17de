import { expect, it } from 'vitest';
import { renderReport } from '../../src/report/reporters.ts';
import { createTestDatabase } from '../support/test-database.ts';
import { savedPlan } from './saved-reports.ts';

/** psql sends statement by statement; the test has to do the same. */
function statementsOf(script: string): readonly string[] {
  const withoutComments = script.replaceAll(/^--.*\n/gm, '');
  return withoutComments.match(/\s*DO \$evenkeel\$[\s\S]*?END \$evenkeel\$;|[^;]+;/g) ?? [];
}

it.each([13, 18])('runs on PostgreSQL %i up to its gate, and the gate fails until it is taken out', async (major) => {
  const database = await createTestDatabase(major);
  try {
    const client = await database.client();
    await client.query('CREATE TABLE orders (id int PRIMARY KEY)');
    await client.query('INSERT INTO orders SELECT generate_series(1, 2500)');
    const statements = statementsOf(renderReport(savedPlan, 'sql').output);
    const gate = statements.at(-1) ?? '';
    for (const statement of statements.slice(0, -1)) await client.query(statement);
    const { rows } = await client.query('SELECT count(DISTINCT public_id)::int AS filled FROM orders');
    expect(rows).toEqual([{ filled: 2500 }]);
    await expect(client.query(gate)).rejects.toThrow(
      "Gate 04-gate-public_id: Deploy the code that writes public_id; don't go on before every instance runs it.",
    );
  } finally {
    await database.drop();
  }
});

it.each([
  ['keys', ['id']],
  ['physical blocks', []],
])('fills partitioned tables by %s', async (_, keyColumns) => {
  const database = await createTestDatabase(18);
  try {
    const client = await database.client();
    await client.query(`CREATE TABLE orders (id int PRIMARY KEY, public_id uuid) PARTITION BY HASH (id);
      CREATE TABLE orders_0 PARTITION OF orders FOR VALUES WITH (MODULUS 2, REMAINDER 0);
      CREATE TABLE orders_1 PARTITION OF orders FOR VALUES WITH (MODULUS 2, REMAINDER 1);
      INSERT INTO orders (id) SELECT generate_series(1, 2500)`);
    const migrations = savedPlan.plan.migrations.map((migration) => ({
      ...migration,
      steps: migration.steps.filter((step) => step.kind === 'backfill').map((step) => ({ ...step, keyColumns })),
    }));
    const script = renderReport({ ...savedPlan, plan: { ...savedPlan.plan, migrations } }, 'sql').output;
    for (const statement of statementsOf(script)) await client.query(statement);
    const { rows } = await client.query('SELECT count(*)::int AS empty FROM orders WHERE public_id IS NULL');
    expect(rows).toEqual([{ empty: 0 }]);
  } finally {
    await database.drop();
  }
});
